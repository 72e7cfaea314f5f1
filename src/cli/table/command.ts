import type { Context } from '../../core/context.ts'
import type { CommandOptions, FlagsOf } from '../../options/option.ts'

/** What was typed for a command: flags by attribute name, and the words that are no flags. */
export interface Typed<Flags> {
  flags: Flags
  words: readonly string[]
  /** The values behind the first of flags that may be given several times here, by their names. */
  further?: Further
  /** The command that the first word may have been meant as, '' for none; only where no command was typed. */
  nearCommand?: string
}

/** Values of flags that were given more than once, without the first. */
export type Further = Readonly<Record<string, readonly string[]>>

/** Carries a command out; resolves to the exit code. */
export type RunCommand<Flags> = (typed: Typed<Flags>, context: Context) => Promise<number>

/** The members of an object that --json prints, without `exit_code` and `error`. */
export type JsonMembers = Readonly<Record<string, unknown>>

/** What a command is, besides its options. */
interface CommandText {
  /** Two words for a command of a group: `config show`. */
  name: string
  /** Words that it takes, as commander writes them. */
  arguments?: string
  summary: string
  isDefault?: true
  /** Flags of one value that may be given several times, for a pipeline each. */
  several?: readonly string[]
  /** It can start a pipeline: its errors say whether it did. No other command speaks of that. */
  startsPipelines?: true
  /** With --json it prints one object for each word that it was given, whose `id` the word may be. */
  isJsonOfEachWord?: true
}

/** One command: a row of the table from which parsing and help are made. Which flags it takes is known only to its own row. */
export interface CommandRow extends CommandText {
  options: CommandOptions
  /**
   * What --json prints where nothing but the error is known: all members that it ever prints, most of them null. Undefined without --json. A function, so that
   * what it takes from json-results.ts is loaded only when a user types --json.
   */
  jsonResult?: (flags: never) => JsonMembers
  /** Loads the command's code, only when it is run. */
  load: () => Promise<RunCommand<never>>
}

/** A row of the table, whose `load` is given flags of exactly the type that its options have. */
export function command<O extends CommandOptions>(
  row: CommandText & {
    options: O
    jsonResult?: (flags: FlagsOf<O>) => JsonMembers
    load: () => Promise<RunCommand<FlagsOf<O>>>
  },
): CommandRow {
  return row
}
