import type { LineOf } from '../../../config/files/locate-key.ts'
import type { PlanProblem } from '../plan-problems.ts'

/** A target as it stands in a plan, before it is checked. Its mappings have no prototypes. */
export interface WrittenTarget {
  /** Where it stands: `['targets', 'docs']`, `['targets', '3']`. */
  keys: readonly string[]
  /** Its key, where targets are a mapping. */
  name: string | undefined
  data: unknown
}

/** A plan that was parsed, whatever its form. */
export interface PlanDocument {
  defaults: unknown
  targets: readonly WrittenTarget[]
  /** What is wrong beyond that. */
  problems: readonly PlanProblem[]
  /** Whether what is wrong with it may hold what all targets seem to lack: a column, or a key such as `defaults`. */
  isPartial: boolean
  /** Whether each target is a line or row of its own, so that messages need not say `targets`. */
  isRows: boolean
  lineOf: LineOf
  /** The places in a list at which a number is written otherwise than JavaScript writes it. */
  rewrittenIn: (list: object) => ReadonlySet<number>
}

/** How many values a plan may hold. Only a text of many megabytes has more. */
export const maxValues = 2_000_000

/** Of a list without such numbers. */
export const nothingRewritten: ReadonlySet<number> = new Set()
