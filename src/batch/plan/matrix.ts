import type { TargetData } from './plan-keys.ts'

/** One combination of the values of a matrix, in the order of its axes. */
export type Combination = readonly (readonly [axis: string, value: string])[]

/** How many combinations a matrix has. */
export const combinationCount = (matrix: NonNullable<TargetData['matrix']>): number =>
  Object.values(matrix).reduce((product, values) => product * values.length, 1)

/** All combinations of the values of a matrix; the first axis changes slowest. Values become texts. */
export function combinationsOf(matrix: NonNullable<TargetData['matrix']>): Combination[] {
  return Object.entries(matrix).reduce<Combination[]>(
    (combinations, [axis, values]) =>
      combinations.flatMap((each) => values.map((value): Combination => [...each, [axis, String(value)]])),
    [[]],
  )
}

/** Problems of a matrix of the right shape, by the keys below it. `rewrittenIn` says which numbers of a list do not stay as they are written. */
export function matrixProblems(
  { matrix = {}, variables = {} }: Pick<TargetData, 'matrix' | 'variables'>,
  rewrittenIn: (list: object) => ReadonlySet<number>,
): [keys: readonly string[], problem: string][] {
  const axes = Object.entries(matrix)
  return axes.flatMap(([axis, values]) => {
    const rewritten = rewrittenIn(values)
    const seen = new Set<string>()
    const found = values.flatMap((value, at): [readonly string[], string][] => {
      if (rewritten.has(at)) return [[[axis, String(at)], 'this does not stay as it is written; quote it']]
      const text = String(value)
      const isTwice = seen.has(text)
      seen.add(text)
      return isTwice ? [[[axis, String(at)], 'this value is listed twice']] : []
    })
    return Object.hasOwn(variables, axis)
      ? [...found, [[axis], 'this variable is among the variables, too']]
      : found
  })
}
