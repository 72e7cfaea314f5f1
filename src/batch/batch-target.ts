import type { Config } from '../config/files/find-config.ts'
import { recipeChain, type ConfigNode } from '../config/layers.ts'
import { targetNames } from '../config/plan.ts'
import type { Recipe } from '../config/schema/config-keys.ts'
import { asTriggerError, type TriggerError } from '../core/errors.ts'
import type { PlannedTarget } from './plan/batch-plan.ts'

/** One target of a batch: what starts one pipeline. */
export interface BatchTarget {
  /** Unique in the batch. */
  name: string
  /** Names of the targets that must have succeeded before it starts. */
  needs: readonly string[]
  /** The name of the one that must be over before it starts, however it ended: the targets of a recipe keep their order. */
  after: string | undefined
  /** Its own mapping; undefined for one that was typed. */
  node: ConfigNode<Recipe> | undefined
  /** The recipe that it adds to, and those that this extends. */
  recipes: readonly ConfigNode<Recipe>[]
  recipe: string | undefined
  /** Flags that were typed for this target alone. */
  flags: { project?: string; ref?: string }
  /** `path:line`, or what was typed. */
  origin: string
  /** The line; of what was typed the place among it. */
  line: number
  /** Whether all that it triggers was read (`PlannedTarget`). */
  isWhole: boolean
}

/** A recipe without its targets, which are apart. */
function alone(node: ConfigNode<Recipe>): ConfigNode<Recipe> {
  const { targets, ...data } = node.data
  return targets === undefined ? node : { ...node, data }
}

/** The targets that a recipe stands for, each as the mappings that say what to trigger, first the one that counts first. */
export function recipeTargets(
  config: Config,
  recipe: string,
  nearCommand?: string,
  origin?: string,
): ConfigNode<Recipe>[][] {
  const chain = recipeChain(config, recipe, nearCommand, origin)
  const owner = chain.find(({ data }) => data.targets !== undefined)
  const recipes = chain.map(alone)
  if (!owner) return [recipes]
  return (owner.data.targets ?? []).map((data, at) => [
    { file: owner.file, keys: [...owner.keys, 'targets', String(at)], data },
    ...recipes,
  ])
}

/** A target as it is planned; without a mapping of its own it is what was typed. */
export type TargetSeed = Omit<PlannedTarget, 'node' | 'recipe'> & {
  node?: ConfigNode<Recipe>
  recipe?: string | undefined
  flags?: BatchTarget['flags']
}

/**
 * The targets of a batch, in their order. A target whose recipe has several becomes `site.1`, `site.2` and so on, each of
 * which waits for the end of the one before; a target that needs `site` needs all of them. `nearCommand` is the command
 * that the first recipe may be a mistyping of. A target whose recipe is missing or wrong is left out, and `refuse` gets
 * the error.
 */
export function batchTargets(
  seeds: readonly TargetSeed[],
  config: Config,
  nearCommand: string | undefined,
  refuse: (seed: TargetSeed, error: TriggerError) => void,
): BatchTarget[] {
  const several = new Map<string, readonly string[]>()
  const variantsOf = (seed: TargetSeed, index: number): ConfigNode<Recipe>[][] => {
    if (seed.recipe === undefined) return [[]]
    try {
      const near = index === 0 ? nearCommand : undefined
      return recipeTargets(config, seed.recipe, near, seed.node && seed.origin)
    } catch (error) {
      refuse(seed, asTriggerError(error, { kind: 'none' }))
      return []
    }
  }
  const targets = seeds.flatMap((seed, index): BatchTarget[] => {
    const { name, needs, node, recipe, origin, line, isWhole, flags = {} } = seed
    const variants = variantsOf(seed, index)
    const names = targetNames(name, variants.length)
    if (names.length > 1) several.set(name, names)
    return variants.map((recipes, at) => ({
      name: names[at] ?? name,
      needs,
      after: names[at - 1],
      node,
      recipes,
      recipe,
      flags,
      origin,
      line,
      isWhole,
    }))
  })
  if (several.size === 0) return targets
  return targets.map((each) => ({
    ...each,
    needs: each.needs.flatMap((need) => several.get(need) ?? [need]),
  }))
}
