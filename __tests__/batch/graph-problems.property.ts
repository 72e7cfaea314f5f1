import fc from 'fast-check'
import { graphProblems } from '../../src/batch/plan/graph-problems.ts'
import { holds } from '../helpers/property.ts'

interface Target {
  name: string
  needs: string[]
  origin: string
}

/** Targets named by their places, which need those with these numbers. */
const graphOf = (needs: readonly (readonly number[])[]): Target[] =>
  needs.map((each, at) => ({
    name: `t${at}`,
    needs: each.map((need) => `t${need}`),
    origin: `p.yml:${at + 1}`,
  }))

const rows: [needs: [name: string, ...needs: string[]][], problems: string[]][] = [
  [[], []],
  [[['a'], ['b', 'a'], ['c', 'a', 'b']], []],
  [
    [['build'], ['docs', 'biuld']],
    ['p.yml:2 targets.docs.needs: there is no target "biuld"; did you mean "build"?'],
  ],
  [[['a', 'a']], ['p.yml:1 targets.a.needs: the target needs itself']],
  [[['a'], ['b', 'a', 'a', 'a']], ['p.yml:2 targets.b.needs: "a" is named twice']],
  [[['a'], ['b'], ['a']], ['p.yml:3 targets.a.name: the name "a" is that of p.yml:1, too']],
  // The shortest of those that are tied together, from its first target on.
  [
    [
      ['a', 'c'],
      ['b', 'a'],
      ['c', 'b', 'd'],
      ['d', 'c'],
    ],
    ['p.yml:3 targets.c.needs: a cycle: c → d → c'],
  ],
  [
    [
      ['a', 'b'],
      ['b', 'a'],
      ['c', 'd'],
      ['d', 'c'],
      ['e', 'a', 'c'],
    ],
    ['p.yml:1 targets.a.needs: a cycle: a → b → a', 'p.yml:3 targets.c.needs: a cycle: c → d → c'],
  ],
  [
    [
      ['a', 'b', 'a'],
      ['b', 'a'],
    ],
    ['p.yml:1 targets.a.needs: the target needs itself', 'p.yml:1 targets.a.needs: a cycle: a → b → a'],
  ],
  [
    [
      ['site[L=en]', 'site[L=de]'],
      ['site[L=de]', 'site[L=en]'],
    ],
    ['p.yml:1 targets.site[L=en].needs: a cycle: site[L=en] → site[L=de] → site[L=en]'],
  ],
]

test.each(rows)('%j', (needs, problems) => {
  const targets = needs.map(([name, ...rest], at) => ({ name, needs: rest, origin: `p.yml:${at + 1}` }))
  expect(graphProblems({ targets })).toEqual(problems)
})

/** Any graph, or one with an order. */
const graph = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.boolean())
  .chain(([size, isAny]) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, at) =>
        isAny || at > 0
          ? fc.uniqueArray(fc.nat(isAny ? size - 1 : at - 1), { maxLength: 3 })
          : fc.constant<number[]>([]),
      ),
    ),
  )

/** Whether an order exists in which every target comes behind those that it needs, found by taking away what needs nothing. */
function hasOrder(needs: readonly (readonly number[])[]): boolean {
  const left = new Set(needs.keys())
  for (;;) {
    const free = [...left].filter((at) => needs[at]?.every((need) => !left.has(need)))
    if (free.length === 0) return left.size === 0
    for (const at of free) left.delete(at)
  }
}

/** The length of the shortest cycle through a target, by powers of the relation. */
function shortestThrough(start: number, needs: readonly (readonly number[])[]): number {
  let reached = new Set([start])
  for (let length = 1; length <= needs.length; length += 1) {
    reached = new Set([...reached].flatMap((at) => needs[at] ?? []))
    if (reached.has(start)) return length
  }
  return Infinity
}

test('there is an order exactly if there is no problem, and a cycle that is told of is one, and a shortest', () => {
  const seen = { orders: 0, cycles: 0 }
  holds(
    fc.property(graph, (needs) => {
      const problems = graphProblems({ targets: graphOf(needs) })
      expect(problems.length === 0).toBe(hasOrder(needs))
      seen[problems.length === 0 ? 'orders' : 'cycles'] += 1
      const others = needs.map((each, at) => each.filter((need) => need !== at))
      for (const problem of problems) {
        const [, cycle] = /a cycle: (.*)$/.exec(problem) ?? []
        if (cycle === undefined) continue
        const places = cycle.split(' → ').map((name) => Number(name.slice(1)))
        expect(places.at(-1)).toBe(places[0])
        for (const [at, place] of places.slice(1).entries()) expect(others[places[at] ?? -1]).toContain(place)
        expect(new Set(places.slice(1)).size).toBe(places.length - 1)
        for (const place of places)
          expect(shortestThrough(place, others)).toBeGreaterThanOrEqual(places.length - 1)
      }
    }),
    500,
  )
  expect(seen.orders).toBeGreaterThan(10)
  expect(seen.cycles).toBeGreaterThan(10)
})

test('of all that is tied together by cycles one is told, of what is not, none', () => {
  holds(
    fc.property(graph, (needs) => {
      const reaches = needs.map((_, start) => {
        const found = new Set<number>()
        const open = [...(needs[start] ?? [])]
        for (let at = open.pop(); at !== undefined; at = open.pop())
          if (!found.has(at)) {
            found.add(at)
            open.push(...(needs[at] ?? []))
          }
        return found
      })
      const tied = needs.map((_, at) =>
        [...(reaches[at] ?? [])].filter((to) => to !== at && reaches[to]?.has(at)),
      )
      const groups = new Set(
        tied.flatMap((others, at) => (others.length === 0 ? [] : [Math.min(at, ...others)])),
      )
      const told = graphProblems({ targets: graphOf(needs) }).filter((each) => each.includes('a cycle'))
      expect(told).toHaveLength(groups.size)
    }),
    300,
  )
})

test('chains and circles of ten thousand targets are followed without recursion', () => {
  const size = 10_000
  const chain = Array.from({ length: size }, (_, at) => (at === 0 ? [] : [at - 1]))
  expect(graphProblems({ targets: graphOf(chain) })).toEqual([])
  expect(
    graphProblems({ targets: graphOf(chain.map((needs, at) => (at === 0 ? [size - 1] : needs))) }),
  ).toEqual([
    'p.yml:1 targets.t0.needs: a cycle of 10000 targets: t0 → t9999 → t9998 → t9997 → t9996 → t9995 → t9994 → t9993 → ... → t2 → t1 → t0',
  ])
  const backward = Array.from({ length: size }, (_, at) => (at === size - 1 ? [] : [at + 1]))
  expect(graphProblems({ targets: graphOf(backward) })).toEqual([])
})
