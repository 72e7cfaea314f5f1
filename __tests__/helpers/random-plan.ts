import fc from 'fast-check'
import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { posts } from './gitlab.ts'
import type { Spawned } from './spawn.ts'

/** A target of a random plan. */
export interface RandomTarget {
  name: string
  /** `failing` fails; the others succeed. */
  ref: 'master' | 'develop' | 'failing'
  needs: string[]
  isFollowed: boolean
}

/** Random plans without cycles, of so many targets at most: each needs some of those before it. In the file they stand in any order. */
export const randomPlan = (most: number): fc.Arbitrary<RandomTarget[]> =>
  fc
    .array(
      fc.record({
        ref: fc.constantFrom('master', 'develop', 'master', 'develop', 'failing'),
        isFollowed: fc.boolean(),
        needs: fc.array(fc.nat(most), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: most },
    )
    .map((targets) =>
      targets.map(({ ref, isFollowed, needs }, index): RandomTarget => ({
        name: `t${index}`,
        ref,
        isFollowed,
        needs: [...new Set(needs.filter((need) => need < index).map((need) => `t${need}`))],
      })),
    )
    .chain((targets) => fc.shuffledSubarray(targets, { minLength: targets.length }))

/** Random ways in which a POST fails: some make a pipeline all the same. */
export const randomFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant<Fault>({ method: 'POST', kind: 'reset' }),
  fc.boolean().map((createThen): Fault => ({ method: 'POST', kind: 'reset after', createThen })),
  fc.constant<Fault>({ method: 'POST', kind: 'cut' }),
  fc.tuple(fc.constantFrom(500, 502, 503), fc.boolean()).map(([status, createThen]): Fault => ({
    method: 'POST',
    kind: 'answer',
    status,
    createThen,
    body: 'x',
  })),
  fc
    .constantFrom(400, 404)
    .map((status): Fault => ({ method: 'POST', kind: 'answer', status, body: '{"message":"no"}' })),
  fc.constant<Fault>({
    method: 'POST',
    kind: 'answer',
    status: 429,
    body: 'x',
    headers: { 'retry-after': '1' },
  }),
)

/** The plan as a file, one target a line of JSON. */
export const planText = (targets: readonly RandomTarget[]): string =>
  targets
    .map(({ name, ref, needs, isFollowed }) =>
      JSON.stringify({ name, ref, needs, wait: isFollowed, variables: { N: name } }),
    )
    .join('\n')

/** What a batch has come to: the last call's output, and everything that the sandbox has made. */
export interface BatchEnd {
  targets: readonly RandomTarget[]
  gitlab: Sandbox
  result: Pick<Spawned, 'code' | 'stdout' | 'stderr'>
}

/** Exit codes from worst to best, of those that can come of a random plan (docs/guarantees.md#11). */
const worstFirst = [7, 11, 3, 8, 14, 4, 5, 12, 6, 10, 2, 0]

/**
 * Everything that a batch promises, as far as it can be seen from outside: no target is built twice, none starts before those that it needs have succeeded,
 * none is lost, each id is that of its own pipeline, and the exit code is the worst of all.
 */
export function expectPromises({ targets, gitlab, result }: BatchEnd): void {
  const made = new Map<string, Sandbox['pipelines'][number][]>()
  for (const pipeline of gitlab.pipelines) {
    const name = pipeline.variables.get('N') ?? ''
    made.set(name, [...(made.get(name) ?? []), pipeline])
  }
  const { code, stdout, stderr } = result
  const lines = stdout.trim().split('\n')
  const told = { code, stdout, stderr, posts: posts(gitlab).length }
  expect({ ...told, lines: lines.length }).toEqual({ ...told, lines: targets.length })
  const codes: number[] = []
  for (const [index, { name, ref, needs, isFollowed }] of targets.entries()) {
    const own = made.get(name) ?? []
    expect({ ...told, name, count: own.length }).toEqual({ ...told, name, count: Math.min(own.length, 1) })
    const [pipeline] = own
    const line = lines[index]
    if (line !== '-') expect({ ...told, name, id: line }).toEqual({ ...told, name, id: String(pipeline?.id) })
    for (const need of needs) {
      const [before] = made.get(need) ?? []
      const isSuccess = targets.find((each) => each.name === need)?.ref !== 'failing'
      if (pipeline)
        expect({
          ...told,
          name,
          need,
          isSuccess,
          isThere: before !== undefined && before.id < pipeline.id,
        }).toEqual({ ...told, name, need, isSuccess: true, isThere: true })
    }
    const isAwaited = isFollowed || targets.some((each) => each.needs.includes(name))
    const why = new RegExp(`^ {2}${name}: (.*)`, 'm').exec(stderr)?.[1] ?? ''
    // One that is found again after its answer was lost may have failed meanwhile.
    if (line !== '-') codes.push(ref === 'failing' && (isAwaited || why !== '') ? 3 : 0)
    else {
      expect({ ...told, name, isSaid: why !== '' }).toEqual({ ...told, name, isSaid: true })
      if (/a usable answer|answered 5\d\d|did not record/.test(why)) codes.push(7)
      else if (needs.some((need) => why.startsWith(`${need} `))) codes.push(10)
      else if (why.includes('404')) codes.push(4)
      else if (why.includes('400')) codes.push(5)
      else codes.push(6)
    }
  }
  const worst = worstFirst.find((each) => codes.includes(each)) ?? 0
  expect({ ...told, codes }).toEqual({ ...told, code: worst, codes })
}
