import type { Context } from '../context.ts'
import { runOptions, sandboxOptions, type OptionGroup } from './options.ts'

/** What was typed for a command: flags by attribute name, and the words that are no flags. */
export interface Typed {
  flags: Readonly<Record<string, unknown>>
  words: readonly string[]
  /** The command that the first word may have been meant as, if it was not taken for one. */
  nearCommand?: string
}

/** Carries a command out; resolves to the exit code. */
export type Carry = (typed: Typed, context: Context) => Promise<number>

/** One command: a row of the table from which parsing and help are made. */
export interface CommandRow {
  name: string
  /** Words that it takes, as commander writes them. */
  arguments?: string
  summary: string
  isDefault?: true
  options: readonly OptionGroup[]
  examples: readonly string[]
  /** Loads the command's code, only when it is run. */
  load: () => Promise<Carry>
}

/** All commands. To add one: a file in commands/, a row here. */
export const commandTable: readonly CommandRow[] = [
  {
    name: 'run',
    summary: 'trigger a build and print its id (the default command)',
    arguments: '[recipe]',
    isDefault: true,
    options: runOptions,
    examples: [
      'gitlab-trigger -s https://gitlab.example.com -p 9 -r master --token-file ~/.trigger-token',
      'gitlab-trigger -s https://gitlab.example.com -p 9 -r master --var UPLOAD_TO_S3=true',
      'gitlab-trigger --project group/docs --ref main --dry-run',
    ],
    load: async () => {
      const { run } = await import('../commands/run.ts')
      return ({ flags, words, nearCommand }, context) => run(flags, words[0], context, nearCommand)
    },
  },
  {
    name: 'sandbox',
    arguments: '[command...]',
    summary: 'serve a stand-in GitLab on this machine, or run a command against one',
    options: sandboxOptions,
    examples: ['gitlab-trigger sandbox', 'gitlab-trigger sandbox -- gitlab-trigger --var UPLOAD_TO_S3=true'],
    load: async () => {
      const { sandbox } = await import('../commands/sandbox.ts')
      return ({ flags, words }, context) => sandbox(flags, words, context)
    },
  },
]
