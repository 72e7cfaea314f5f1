import { nearest } from '../../core/did-you-mean.ts'
import type { PlannedTarget } from './batch-plan.ts'
import { shortestCycles } from './cycles.ts'
import { problemText } from './plan-problems.ts'
import { quotedName } from './target-name.ts'

type GraphTarget = Pick<PlannedTarget, 'name' | 'needs' | 'origin'>

/** What is wrong with the name or the needs of a target. */
interface GraphProblem {
  /** The place of the target in the list. */
  at: number
  key: 'name' | 'needs'
  message: string
}

/** What is wrong with a target that is among its own needs. */
export const needsItself = 'the target needs itself'

/** Comparing a name with thousands of others takes a while; a message with more of them is not shown anyway. */
const mostSuggestions = 20

/** A cycle as `a → b → a`; the middle of a long one is left out. */
function cycleText(names: readonly string[]): string {
  const shown = names.length > 12 ? [...names.slice(0, 8), '...', ...names.slice(-2)] : names
  return `a cycle${names.length > 12 ? ` of ${names.length} targets` : ''}: ${[...shown, names[0]].join(' → ')}`
}

/**
 * What is wrong with the names and needs of targets: a name that occurs twice, an unknown need, one that is given twice, a target that needs itself,
 * and one shortest cycle of all that are tied together by cycles. Takes linear time. `otherNames` are suggested, too.
 */
export function findGraphProblems(
  targets: readonly GraphTarget[],
  otherNames: readonly string[] = [],
): GraphProblem[] {
  const problems: GraphProblem[] = []
  const places = new Map<string, number>()
  for (const [at, { name }] of targets.entries()) {
    const first = places.get(name)
    if (first === undefined) places.set(name, at)
    else
      problems.push({
        at,
        key: 'name',
        message: `the name${quotedName(name)} is that of ${targets[first]?.origin ?? ''}, too`,
      })
  }
  let suggestions = 0
  const unknown = (name: string): string => {
    suggestions += 1
    const near = suggestions > mostSuggestions ? undefined : nearest(name, [...places.keys(), ...otherNames])
    return `there is no target${quotedName(name) || ' of that name'}${near === undefined ? '' : `; did you mean "${near}"?`}`
  }
  const next = targets.map(({ name, needs }, at): number[] => {
    const refuse = (message: string): void => {
      problems.push({ at, key: 'needs', message })
    }
    const seen = new Set<string>()
    const found: number[] = []
    for (const need of needs) {
      const place = places.get(need)
      if (seen.has(need)) refuse(`${quotedName(need).trim() || 'a target'} is named twice`)
      else if (place === undefined) refuse(unknown(need))
      else if (need === name) refuse(needsItself)
      else found.push(place)
      seen.add(need)
    }
    return found
  })
  for (const cycle of shortestCycles(next)) {
    const names = cycle.map((at) => targets[at]?.name ?? '')
    problems.push({ at: cycle[0] ?? 0, key: 'needs', message: cycleText(names) })
  }
  return problems
}

/** What is wrong with the names and needs of targets, each as `plan.yml:7 targets.docs.needs: ...`. Empty for a plan of `readPlan`. */
export function graphProblems({ targets }: { targets: readonly GraphTarget[] }): string[] {
  const texts = findGraphProblems(targets).map(({ at, key, message }) => {
    const { name = '', origin = '' } = targets[at] ?? {}
    const [, place = origin, line = 1] = /^(.*):(\d+)$/s.exec(origin) ?? []
    return problemText(place, { line: Number(line), keys: ['targets', name, key], message })
  })
  return [...new Set(texts)]
}
