import { isMapping } from '../../config/schema/mapping.ts'
import { defaultsProblems, relativePaths, type Refuse } from './check-target.ts'
import type { NamedTarget, Planned } from './expand.ts'
import { findGraphProblems } from './graph-problems.ts'
import { placeholderProblems } from './placeholder-problems.ts'

/** Checks the defaults of a plan. `realPath` is undefined for a plan on standard input. Problems go to `refuse`. */
export function refuseDefaults(defaults: unknown, realPath: string | undefined, refuse: Refuse): void {
  const below = (keys: readonly string[], message: string): void => {
    refuse(['defaults', ...keys], ['defaults', ...keys], message)
  }
  for (const { path, message } of defaultsProblems(defaults)) below(path, message)
  if (!isMapping(defaults)) return
  if (realPath === undefined) for (const [key, problem] of relativePaths(defaults)) below([key], problem)
  const none = { isTarget: () => true, matrixSize: () => undefined, isNeeded: () => false }
  for (const [keys] of placeholderProblems(defaults, none))
    below(keys, 'values of needed targets cannot stand in defaults')
}

/** Checks what targets say of each other, and their paths. Problems go to `refuse`. */
export function refuseTogether(
  targets: ReadonlyMap<string, NamedTarget>,
  planned: readonly Planned[],
  realPath: string | undefined,
  refuse: Refuse,
): void {
  const all = planned.map(({ target }) => target)
  for (const { at, key, message } of findGraphProblems(all, [...targets.keys()])) {
    const { keys = [], shown = [] } = planned[at]?.written ?? {}
    refuse([...keys, key], [...shown, key], message)
  }
  const names = new Set(all.map(({ name }) => name))
  const needsOf = new Map(planned.map(({ target, written }) => [written, target.needs]))
  for (const [written, needs] of needsOf) {
    const { keys, shown, data } = written
    const scope = {
      isTarget: (name: string) => names.has(name) || targets.has(name),
      matrixSize: (name: string) => {
        const size = targets.get(name)?.combinations.length ?? 0
        return size > 0 ? size : undefined
      },
      isNeeded: (name: string) => needs.includes(name),
    }
    const paths = realPath === undefined ? relativePaths(data) : []
    const problems = [
      ...placeholderProblems(data, scope),
      ...paths.map(([key, problem]) => [[key], problem] as const),
    ]
    for (const [below, problem] of problems) refuse([...keys, ...below], [...shown, ...below], problem)
  }
}
