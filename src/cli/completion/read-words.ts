import { flagName, kebabCase } from '../../core/flag-name.ts'
import type { OptionRow } from '../../options/option.ts'
import type { CommandRow } from '../table/command.ts'
import { commandTable } from '../table/index.ts'

/** A flag as it can be typed. */
export interface KnownFlag {
  /** Its name in the tables, as `tokenFile`. */
  key: string
  /** As it is typed: `--token-file`, `--no-config`. */
  word: string
  help: string
  row: OptionRow
  /** What its value is called; undefined for one that takes none. */
  placeholder: string | undefined
}

/** What stands before the word that is completed. */
export interface ReadWords {
  /** The words of the command, or of the group of commands. */
  path: readonly string[]
  /** The row of that command; undefined for a group. */
  row: CommandRow | undefined
  args: readonly string[]
  /** The last value of each flag, by its name in the tables; without one, whether it stands there as itself or as `--no-`. */
  flags: Readonly<Record<string, string | boolean>>
  /** The flags that were typed, as words. */
  typed: ReadonlySet<string>
  /** The flag whose value comes next. */
  owing: KnownFlag | undefined
  /** Behind `--` there are no flags. */
  isOver: boolean
}

/** The flags of commands, by the words that they are typed as. */
export function flagsOf(rows: readonly CommandRow[]): ReadonlyMap<string, KnownFlag> {
  const flags = new Map<string, KnownFlag>()
  const groups = rows.flatMap(({ options }) => Object.values(options))
  for (const [key, row] of groups.flatMap((group) => Object.entries(group.rows))) {
    if (row.isUnlisted) continue
    if (row.help !== undefined) {
      const flag = { key, word: flagName(key), help: row.help, row, placeholder: row.value ?? row.list }
      flags.set(flag.word, flag)
      if (row.short !== undefined) flags.set(`-${row.short}`, flag)
    }
    const word = `--no-${kebabCase(key)}`
    if (row.no !== undefined) flags.set(word, { key, word, help: row.no, row, placeholder: undefined })
  }
  return flags
}

/** The commands below a group, or all, by the words that follow it. */
export const isBelow = (name: string, path: readonly string[]): boolean =>
  `${name} `.startsWith([...path, ''].join(' '))

/** The row of a command. Before one is named, flags are those of the default command. */
export function rowOf(path: readonly string[]): CommandRow | undefined {
  const name = path.join(' ')
  return commandTable.find((row) => (name === '' ? row.isDefault : row.name === name))
}

/** Reads the words before the one that is completed, however incomplete the line is. */
export function readWords(words: readonly string[]): ReadWords {
  const path: string[] = []
  const args: string[] = []
  const flags: Record<string, string | boolean> = {}
  const typed = new Set<string>()
  let owing: KnownFlag | undefined
  let isOver = false
  for (const word of words) {
    if (owing) {
      flags[owing.key] = word
      owing = undefined
    } else if (isOver || !/^-./.test(word)) {
      const isCommand = args.length === 0 && !isOver
      if (isCommand && (word === 'help' || commandTable.some(({ name }) => isBelow(name, [...path, word]))))
        path.push(word)
      else args.push(word)
    } else if (word === '--') isOver = true
    else {
      // Flags may stand before the command, which is not known yet then.
      const known = flagsOf(
        path.length === 0 ? commandTable : commandTable.filter(({ name }) => isBelow(name, path)),
      )
      const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
      const flag = known.get(name) ?? (word.startsWith('--') ? undefined : known.get(word.slice(0, 2)))
      if (!flag) continue
      typed.add(flag.word)
      const joined = value ?? (known.has(word) ? undefined : word.slice(2))
      if (flag.placeholder === undefined) flags[flag.key] = !flag.word.startsWith('--no-')
      else if (joined === undefined) owing = flag
      else flags[flag.key] = joined
    }
  }
  return { path, row: rowOf(path), args, flags, typed, owing, isOver }
}
