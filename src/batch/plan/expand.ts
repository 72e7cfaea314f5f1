import { omit } from '../../core/omit.ts'
import { originIn, type ConfigFile } from '../../config/files/config-file.ts'
import { settingAt } from '../../config/layers.ts'
import type { PlannedTarget } from './batch-plan.ts'
import type { CheckedTarget, Refuse } from './check-target.ts'
import { needsItself } from './graph-problems.ts'
import { combinationCount, combinationsOf, type Combination } from './matrix.ts'
import { quotedName, matrixName } from './target-name.ts'
import type { WrongKeys } from './wrong-keys.ts'

/** A target with the names of those that its matrix made of it; without one its own. */
export interface NamedTarget extends CheckedTarget {
  name: string
  combinations: readonly Combination[]
  names: readonly string[]
}

/** The most targets of a plan, and the most needs of all of them together. */
const limits = { targets: 100_000, needs: 1_000_000 } as const

/** The targets of a plan under their names. A name that is there twice, and too many targets, go to `refuse`. */
export function namedTargets(
  checked: readonly CheckedTarget[],
  refuse: Refuse,
  placeOf: (keys: readonly string[]) => string,
): Map<string, NamedTarget> {
  const found = new Map<string, NamedTarget>()
  let count = 0
  for (const target of checked) {
    const { name, keys, shown, data, needs } = target
    if (name === undefined) continue
    const first = found.get(name)
    if (first) {
      refuse(keys, shown, `the name${quotedName(name)} is that of ${placeOf(first.keys)}, too`)
      continue
    }
    const matrix = target.isSound ? data.matrix : undefined
    const size = matrix ? combinationCount(matrix) : 1
    if (count <= limits.targets && count + size > limits.targets)
      refuse(keys, shown, `with this the plan has more than ${limits.targets} targets`)
    count += size
    const combinations = matrix && count <= limits.targets ? combinationsOf(matrix) : []
    const names = combinations.length > 0 ? combinations.map((each) => matrixName(name, each)) : [name]
    const isSound = target.isSound && count <= limits.targets
    found.set(name, { keys, shown, name, data, needs, isSound, combinations, names })
  }
  return found
}

/** Needs with the names of those that a matrix became. What is known to be wrong about a needed target is not said again here. */
function expandedNeeds(needs: readonly string[], targets: ReadonlyMap<string, NamedTarget>): string[] {
  return needs.flatMap((need) => {
    const group = targets.get(need)
    if (group) return group.names
    const base = targets.get(need.replace(/\[.*$/s, ''))
    return base?.isSound === false ? [] : [need]
  })
}

/** The targets that a target of the plan became. */
function plannedTargets(file: ConfigFile, target: NamedTarget, needs: readonly string[]): PlannedTarget[] {
  const { keys } = target
  const data = omit(target.data, ['name', 'recipe', 'needs', 'matrix'])
  const shared = {
    recipe: settingAt({ file, keys, data: target.data }, 'recipe'),
    needs,
    origin: originIn(file, keys),
    line: file.lineOf(keys),
    isWhole: true,
  }
  if (target.combinations.length === 0) return [{ name: target.name, node: { file, keys, data }, ...shared }]
  return target.combinations.map((combination, at) => ({
    name: target.names[at] ?? '',
    node: {
      file,
      keys,
      data: { ...data, variables: { ...data.variables, ...Object.fromEntries(combination) } },
    },
    ...shared,
  }))
}

/** A target of the plan, and what it was written as. */
export interface Planned {
  target: PlannedTarget
  written: NamedTarget
}

/** All targets of a plan, in its order. Too many needs go to `refuse`; then there are none. */
export function expandTargets(
  file: ConfigFile,
  targets: ReadonlyMap<string, NamedTarget>,
  refuse: Refuse,
): Planned[] {
  const planned: Planned[] = []
  let count = 0
  for (const written of targets.values()) {
    // Of a target with a matrix all that it became would be tied together.
    const others = written.needs.filter((need) => written.combinations.length === 0 || need !== written.name)
    if (others.length < written.needs.length)
      refuse([...written.keys, 'needs'], [...written.shown, 'needs'], needsItself)
    const needs = expandedNeeds(others, targets)
    count += needs.length * written.names.length
    if (count > limits.needs) {
      refuse(
        [...written.keys, 'needs'],
        [...written.shown, 'needs'],
        `with these the targets have more than ${limits.needs} needs`,
      )
      return []
    }
    for (const target of plannedTargets(file, written, needs)) planned.push({ target, written })
  }
  return planned
}

/** A target of which only a part was read, to find what is wrong with the rest. Any ref will do: nothing else depends on it. */
export function partOf(file: ConfigFile, { target, written }: Planned, wrong: WrongKeys): PlannedTarget {
  const { keys } = written
  const { node } = target
  const data = wrong.without(keys, written.data)
  return {
    ...target,
    recipe: settingAt({ file, keys, data }, 'recipe'),
    node: { ...node, data: { ref: 'main', ...wrong.without(keys, node.data) } },
    isWhole: false,
  }
}

/** The targets that have no name of their own, as parts of a plan that cannot be run. */
export function unnamedTargets(
  file: ConfigFile,
  checked: readonly CheckedTarget[],
  targets: ReadonlyMap<string, NamedTarget>,
): Planned[] {
  const named = new Set([...targets.values()].map(({ keys }) => keys))
  return checked
    .filter(({ keys }) => !named.has(keys))
    .flatMap((each) => {
      const written = { ...each, name: each.name ?? each.keys.at(-1) ?? '', combinations: [], names: [] }
      return plannedTargets(file, written, []).map((target) => ({ target, written }))
    })
}
