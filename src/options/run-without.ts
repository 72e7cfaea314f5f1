import { omit } from '../core/omit.ts'
import type { OptionRow } from './option.ts'
import { runOptions, type RunFlags } from './run.ts'

/** What to trigger, where it is not asked for. */
export const targetGroup = {
  ...runOptions.target,
  rows: omit(runOptions.target.rows, ['interactive']),
} as const

type RunGroups = Omit<typeof runOptions, 'target'> & { target: typeof targetGroup }

/**
 * The options of `run` for a command that does not run it, without --interactive. Those that the command refuses, or that have no effect
 * there, can be typed, but are not in its help.
 */
export function runOptionsWithout(unlisted: readonly (keyof RunFlags)[]): RunGroups {
  const names: readonly string[] = unlisted
  const groups = { ...runOptions, target: targetGroup }
  const listed = Object.entries(groups).map(([key, { heading, rows }]) => {
    const marked = Object.entries<OptionRow>(rows).map(([name, row]): [string, OptionRow] => [
      name,
      names.includes(name) ? { ...row, isUnlisted: true } : row,
    ])
    return [key, { heading, rows: Object.fromEntries(marked) }]
  })
  const options: unknown = Object.fromEntries(listed)
  return options as RunGroups
}
