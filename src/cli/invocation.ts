import type { Command } from 'commander'
import type { HelpLook } from './help/command-help.ts'
import type { CommandRow, JsonMembers, RunCommand, Typed } from './table/command.ts'

/**
 * What a command line means: a text to print, a command to carry out, or a mistake. What was typed is typed for this command only, so that its flags
 * can be read nowhere else; `writes` are the files that it names to be written, by their flags.
 */
export type Invocation = (
  | { kind: 'text'; text: string }
  | {
      kind: 'command'
      typed: Typed<never>
      load: () => Promise<RunCommand<never>>
      writes: Readonly<Record<string, string>>
    }
  | { kind: 'mistake'; error: unknown }
) & {
  /** The objects that --json owes its reader if nothing else has been printed when the command fails. */
  emptyResults: readonly JsonMembers[]
  /** What --json=FIELDS asked for, of which command. */
  chosen?: { name: string; fields: readonly string[] }
  /** The command, or the one that was most likely meant, can start a pipeline. */
  startsPipelines: boolean
}

/** What becomes known of a line while commander reads it. */
export interface Reading {
  argv: readonly string[]
  /** Puts the home folder in the place of `~/`. */
  withHome: (path: string) => string
  /** How help is laid out, where the line may ask for it. */
  help?: HelpLook
  /** Values of flags that may be given several times, without the first. */
  further?: Record<string, string[]>
  /** What is wrong with values, in the order of the line. */
  mistakes: string[]
  /** The command of which --json was typed, and its row. */
  json?: { row: CommandRow; command: Command }
  invocation?: Invocation
}
