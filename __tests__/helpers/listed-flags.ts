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
