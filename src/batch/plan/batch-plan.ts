import type { ConfigNode } from '../../config/layers.ts'
import type { Recipe } from '../../config/schema/config-keys.ts'
import type { Setting } from '../../config/setting.ts'
import type { LocatedError } from './plan-problems.ts'

/** One target of a plan, after `matrix` was expanded. */
export interface PlannedTarget {
  /** Unique: `site`; of a matrix `site[LANG=en]`, with several axes `site[LANG=en,OS=mac]`. */
  name: string
  /** Its keys that a recipe has too (server, project, ref, variables, ...); the values of a matrix are among its variables. */
  node: ConfigNode<Recipe>
  /** The recipe that it adds to. */
  recipe: Setting<string> | undefined
  /** Names of the targets that must have succeeded before it starts; a name with a matrix is replaced by those it became. */
  needs: readonly string[]
  /** `path:line` of the target. */
  origin: string
  line: number
  /** Whether all that it triggers was read: where it was not, something may be missing that the plan has. */
  isWhole: boolean
}

/** A plan: what to trigger, and in which order. */
export interface BatchPlan {
  /** The path, or `standard input`. */
  place: string
  /** The real path; undefined for standard input. */
  realPath: string | undefined
  /** The keys that stand below `defaults`. */
  defaults: ConfigNode<Recipe> | undefined
  /** In the order of the plan. Where there are problems, without the keys that are wrong, to find what else is. */
  targets: readonly PlannedTarget[]
  /** What is wrong with it: such a plan must not be run. */
  problems: readonly LocatedError[]
}

/** The text of a plan, and where it came from. */
export interface PlanSource {
  /** The path as it was typed, or `standard input`; its ending says the format. */
  place: string
  /** The real path; undefined for standard input. */
  realPath: string | undefined
  text: string
}
