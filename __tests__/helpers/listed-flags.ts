import { flagName } from '../../src/core/flag-name.ts'
import type { CommandOptions, OptionRow } from '../../src/options/option.ts'

/** A flag that the help of a command lists. */
export interface ListedFlag {
  /** `--x` or `--no-x`. */
  flag: string
  /** Its name in the table of options. */
  name: string
  row: OptionRow
  takesValue: boolean
}

/** The default that help states, where it can be typed: a number, a duration, a word; not a description such as `adaptive`. */
export function typedDefault({ row: { help = '' }, takesValue }: ListedFlag): string | undefined {
  const [, stated = ''] = /\(default: ([^)]*)\)/.exec(help) ?? []
  const isTypable = /^(?:\d[\w.]*|fail|tree|trigger\.env|[\d*]+(?: [\d*]+){4})$/.test(stated)
  return takesValue && isTypable ? stated : undefined
}

/** The flags that the help of a command with these options lists. */
export function listedFlags(options: CommandOptions): ListedFlag[] {
  return Object.values(options).flatMap(({ rows }) =>
    Object.entries<OptionRow>(rows).flatMap(([name, row]) => {
      if (row.isUnlisted) return []
      const flag = flagName(name)
      const takesValue = row.value !== undefined || row.list !== undefined
      return [
        ...(row.help === undefined ? [] : [{ flag, name, row, takesValue }]),
        ...(row.no === undefined ? [] : [{ flag: `--no-${flag.slice(2)}`, name, row, takesValue: false }]),
      ]
    }),
  )
}
