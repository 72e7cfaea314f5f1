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

/** Random plans without cycles, of at most a number of targets: each needs some of those before it. In the file they stand in any order. */
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

/** What a batch has come to: the last call's output with --json, and everything that the sandbox has made. */
export interface BatchEnd {
  targets: readonly RandomTarget[]
  gitlab: Sandbox
  result: Pick<Spawned, 'code' | 'stdout' | 'stderr'>
}

/** Exit codes from worst to best, of those that can come of a random plan (docs/guarantees.md#11). */
const worstFirst = [7, 11, 3, 8, 14, 4, 5, 12, 6, 10, 2, 0]

/** Exit codes that say that there is no pipeline. */
const nothingMade = [2, 4, 5, 6, 10, 12, 14]

/** What is said of a target with --json. */
interface Told {
  target: string
  id: number | null
  exit_code: number
  build_state: 'none' | 'triggered' | 'unknown'
}

/** What is wrong with what is said of a target, whose pipelines are `own`; '' where nothing is. */
function lieAbout(
  { ref }: RandomTarget,
  { id, exit_code: code, build_state: state }: Told,
  own: readonly Sandbox['pipelines'][number][],
  isAwaited: boolean,
): string {
  const [pipeline] = own
  const lies = {
    'two pipelines': own.length > 1,
    'an id that is not its own': id !== null && id !== pipeline?.id,
    'said to have none': pipeline !== undefined && (state === 'none' || nothingMade.includes(code)),
    'said to have one': pipeline === undefined && (state === 'triggered' || [0, 3, 8].includes(code)),
    'said to be unknown, or not': (code === 7) !== (state === 'unknown'),
    'known, and its id is not told': state === 'triggered' && id === null,
    'said to have failed': code === 3 && ref !== 'failing',
    'said to have succeeded': code === 0 && ref === 'failing' && isAwaited,
  }
  return Object.entries(lies)
    .flatMap(([lie, isTrue]) => (isTrue ? [lie] : []))
    .join(', ')
}

/**
 * Everything that a batch promises, as far as it can be seen from outside: no target is built twice, none starts before those that it needs have succeeded,
 * none is lost, what is said of each is true, and the exit code is the worst of all.
 */
export function expectPromises({ targets, gitlab, result }: BatchEnd): void {
  const made = new Map<string, Sandbox['pipelines'][number][]>()
  for (const pipeline of gitlab.pipelines) {
    const name = pipeline.variables.get('N') ?? ''
    made.set(name, [...(made.get(name) ?? []), pipeline])
  }
  const { code, stdout, stderr } = result
  const seen = { code, stderr, posts: posts(gitlab).length }
  const told = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told)
  expect({ ...seen, names: told.map(({ target }) => target) }).toEqual({
    ...seen,
    names: targets.map(({ name }) => name),
  })
  const byName = new Map(told.map((each) => [each.target, each]))
  const lies = targets.flatMap((target, index) => {
    const { name, needs, isFollowed } = target
    const [own, each] = [made.get(name) ?? [], told[index]]
    const isAwaited = isFollowed || targets.some((other) => other.needs.includes(name))
    const lie = each ? lieAbout(target, each, own, isAwaited) : 'nothing is said'
    const isEarly = needs.some((need) => {
      const before = made.get(need)?.[0]?.id ?? Infinity
      const isDone = byName.get(need)?.exit_code === 0
      return (own[0] && own[0].id < before) === true || (!isDone && each?.exit_code !== 10)
    })
    return [...(lie === '' ? [] : [`${name}: ${lie}`]), ...(isEarly ? [`${name}: before what it needs`] : [])]
  })
  const worst = worstFirst.find((each) => told.some(({ exit_code }) => exit_code === each))
  expect({ ...seen, told, lies }).toEqual({ ...seen, code: worst, told, lies: [] })
}
