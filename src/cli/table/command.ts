import type { Context } from '../../core/context.ts'
import type { OptionGroup } from '../options/index.ts'

/** What was typed for a command: flags by attribute name, and the words that are no flags. */
export interface Typed {
  flags: Readonly<Record<string, unknown>>
  words: readonly string[]
  /** The command that the first word may have been meant as, if it was not taken for one. */
  nearCommand?: string
}

/** Carries a command out; resolves to the exit code. */
export type RunCommand = (typed: Typed, context: Context) => Promise<number>

/** One command: a row of the table from which parsing and help are made. */
export interface CommandRow {
  /** Two words for a command of a group: `config show`. */
  name: string
  /** Words that it takes, as commander writes them. */
  arguments?: string
  summary: string
  isDefault?: true
  options: readonly OptionGroup[]
  examples: readonly string[]
  /** Loads the command's code, only when it is run. */
  load: () => Promise<RunCommand>
}
