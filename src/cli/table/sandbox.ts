import { sandboxOptions } from '../../options/sandbox.ts'
import { command, type CommandRow } from './command.ts'

/** The stand-in GitLab. */
export const sandboxRows: readonly CommandRow[] = [
  command({
    name: 'sandbox',
    arguments: '[command...]',
    summary: 'serve a stand-in GitLab on this machine, or run a command against one',
    options: sandboxOptions,
    load: async () => {
      const { sandbox } = await import('../../commands/sandbox.ts')
      return ({ flags, words }, context) => sandbox(flags, words, context)
    },
  }),
]
