interface CommonParts {
  /** Its letter: `r` for `-r`. */
  short?: string
  /** The help of `--no-NAME`; undefined where that cannot be typed. */
  no?: string
  /** Options that cannot be used together with this one. */
  conflicts?: readonly string[]
  /** Help does not list it: the command knows it only to say why it is refused, or that it has no effect there. */
  isUnlisted?: true
}

/** An option that takes no value. */
interface Switch extends CommonParts {
  help: string
  value?: never
  list?: never
}

/** An option of which only `--no-NAME` can be typed. */
interface Negation extends CommonParts {
  no: string
  help?: never
  value?: never
  list?: never
}

/** An option with a value, which may be given once. */
interface Single extends CommonParts {
  help: string
  /** What the value is called in the help. */
  value: string
  /** It names a file or folder to write, which standard output (`-`) cannot be: that is for ids and data. */
  writes?: true
  list?: never
}

/** An option with a value, which may be given several times. */
interface Repeatable extends CommonParts {
  help: string
  /** What each value is called in the help. */
  list: string
  value?: never
}

/**
 * One option: a row from which parsing, help, README and the type of what was typed are made. Its key in the table is its name in camel case:
 * `tokenFile` is `--token-file`. It has no default: flags hold only what was typed.
 */
export type OptionRow = Switch | Negation | Single | Repeatable

/** Options by their names. */
export type OptionRows = Readonly<Record<string, OptionRow>>

/** Options that stand under one heading of the help. */
export interface OptionGroup {
  heading: string
  rows: OptionRows
}

/** All options of a command: groups in the order of the help, by what they are about. */
export type CommandOptions = Readonly<Record<string, OptionGroup>>

/** What commander gives for an option that was typed. */
type ValueOf<R> = R extends { list: string }
  ? string[]
  : | (R extends { value: string } ? string : R extends { help: string } ? true : never)
    | (R extends { no: string } ? false : never)

/** The names in a union of tables, and the row of a name; `keyof` and `[]` would only know what all tables have. */
type NameIn<R> = R extends unknown ? keyof R : never
type RowIn<R, N extends PropertyKey> = R extends Readonly<Record<N, infer Row>> ? Row : never

/** What was typed of these rows, and nothing else: no defaults, no environment (docs/decisions/0014-settings-keep-their-origin.md). */
export type FlagsOfRows<R> = { [N in NameIn<R>]?: ValueOf<RowIn<R, N>> }

/** What was typed for a command with these options. */
export type FlagsOf<O extends CommandOptions> = FlagsOfRows<O[keyof O]['rows']>
