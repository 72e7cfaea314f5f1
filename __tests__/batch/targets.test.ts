import { settingAt } from '../../src/config/layers.ts'
import { holdsToken } from '../../src/batch/plan/holds-token.ts'
import { meaningOf, planOf, problemsOf } from '../helpers/plan.ts'

const targetsOf = (text: string, place?: string): unknown =>
  (meaningOf(planOf(text, place)) as { targets: unknown }).targets

const accepted: [text: string, targets: object[]][] = [
  // Nothing but a name: all of it comes from elsewhere.
  [
    'targets: { a: {}, b: }',
    [
      { name: 'a', needs: [] },
      { name: 'b', needs: [] },
    ],
  ],
  // One need may be a text; none an empty list.
  [
    'targets: { a: { needs: [] }, b: { needs: a } }',
    [
      { name: 'a', needs: [] },
      { name: 'b', needs: ['a'] },
    ],
  ],
  // The order is that of the plan, not that of the needs.
  [
    'targets: { c: { needs: a }, b: {}, a: {} }',
    [
      { name: 'c', needs: ['a'] },
      { name: 'b', needs: [] },
      { name: 'a', needs: [] },
    ],
  ],
  [
    'targets: { a: { project: 9 }, b: { project: "9", timeout: 90 } }',
    [
      { name: 'a', needs: [], project: 9 },
      { name: 'b', needs: [], project: '9', timeout: 90 },
    ],
  ],
  // Names.
  [
    'targets: { "日本語 ü-1/x:y@z": {}, "🚀": { needs: 日本語 ü-1/x:y@z } }',
    [
      { name: '日本語 ü-1/x:y@z', needs: [] },
      { name: '🚀', needs: ['日本語 ü-1/x:y@z'] },
    ],
  ],
  [
    'targets: { toString: {}, hasOwnProperty: { needs: toString }, 1.5: {}, -1: {}, 1e3x: {} }',
    ['toString', 'hasOwnProperty', '1.5', '-1', '1e3x'].map((name) => ({
      name,
      needs: name === 'hasOwnProperty' ? ['toString'] : [],
    })),
  ],
  [
    `targets: { ${'x'.repeat(100)}: {}, ${'💥'.repeat(100)}: {} }`,
    [
      { name: 'x'.repeat(100), needs: [] },
      { name: '💥'.repeat(100), needs: [] },
    ],
  ],
  [
    'targets: [{ name: __proto__ }, { name: "7", needs: __proto__ }]',
    [
      { name: '__proto__', needs: [] },
      { name: '7', needs: ['__proto__'] },
    ],
  ],
  [
    'targets: [{ recipe: r }, { project: g/p }, { project: 9, ref: m }, { project: 9, recipe: s }]',
    [
      { name: 'r', needs: [], recipe: 'r' },
      { name: 'g/p', needs: [], project: 'g/p' },
      { name: '9@m', needs: [], project: 9, ref: 'm' },
      { name: 's', needs: [], recipe: 's', project: 9 },
    ],
  ],
  // A matrix: the first axis changes slowest; values are texts as they are written.
  [
    'targets: { s: { variables: { A: x }, matrix: { L: [en, de], N: [1, true, 1.5] } }, t: { needs: s }, u: { needs: ["s[L=de,N=1]"] } }',
    [
      ...['en', 'de'].flatMap((L) =>
        ['1', 'true', '1.5'].map((N) => ({
          name: `s[L=${L},N=${N}]`,
          needs: [],
          variables: { A: 'x', L, N },
        })),
      ),
      { name: 't', needs: ['en', 'de'].flatMap((L) => ['1', 'true', '1.5'].map((N) => `s[L=${L},N=${N}]`)) },
      { name: 'u', needs: ['s[L=de,N=1]'] },
    ],
  ],
  [
    'targets: { a: { matrix: { L: ["", "x,y", "]", "a\\nb", "\\"", "ü ö", "1.20"] } } }',
    ['a[L=]', 'a[L="x,y"]', 'a[L="]"]', 'a[L="a\\nb"]', 'a[L="\\""]', 'a[L=ü ö]', 'a[L=1.20]'].map(
      (name, at) => ({ name, needs: [], variables: { L: ['', 'x,y', ']', 'a\nb', '"', 'ü ö', '1.20'][at] } }),
    ),
  ],
  // What YAML has for what is written once.
  [
    'targets:\n  a: &x { project: 1, ref: m }\n  b: { <<: *x, ref: n }\n  c: { ref: &r z }\n  d: { ref: *r }\n',
    [
      { name: 'a', needs: [], project: 1, ref: 'm' },
      { name: 'b', needs: [], project: 1, ref: 'n' },
      { name: 'c', needs: [], ref: 'z' },
      { name: 'd', needs: [], ref: 'z' },
    ],
  ],
]

test.each(accepted)('%s', (text, targets) => {
  expect(targetsOf(text)).toEqual(targets)
})

test('of defaults the project and ref name a target, too', () => {
  expect(
    targetsOf('defaults: { project: g/p, ref: m }\ntargets: [{ variables: { A: x } }, { ref: n }]'),
  ).toMatchObject([{ name: 'g/p@m' }, { name: 'g/p@n' }])
})

test('all keys of a recipe may stand in a target and in defaults, except those that name other recipes or targets', () => {
  const keys =
    '{ server: w, project: 1, ref: m, variables: { A: x }, inputs: { a: [1], b: 2 }, api: v4, timeout: 90s, retry: 2, tokenEnv: T, tokenCommand: [get, x], jobs: true, follow: true, onManual: play, play: [x], allowSkipped: true, failOnWarnings: true, queueTimeout: 1m, runTimeout: 1h, reportTimeout: 5, progress: none, logs: [all], cancelOnTimeout: true, exitCodes: { 3: 0 } }'
  expect(problemsOf(`defaults: ${keys}\ntargets: { a: ${keys} }`)).toEqual([])
})

const lines = `# a comment
defaults:
  ref: main

targets:
  build:
    project: 1
    variables:
      A: x

      B: y
  site: { recipe: r, needs: build,
    ref: m }
  all:
    # a comment
    matrix:
      L: [en]
      N: [1]
    variables: { A: x }
`

const origins: [target: string, keys: string[], line: number][] = [
  ['build', [], 6],
  ['build', ['project'], 7],
  ['build', ['variables', 'B'], 11],
  ['build', ['ref'], 6],
  ['site', ['recipe'], 12],
  ['site', ['ref'], 13],
  ['all[L=en,N=1]', [], 14],
  ['all[L=en,N=1]', ['variables', 'L'], 17],
  ['all[L=en,N=1]', ['variables', 'N'], 18],
  ['all[L=en,N=1]', ['variables', 'A'], 19],
]

test.each(origins)('%s %j stands in line %i', (name, keys, line) => {
  const target = planOf(lines).targets.find((each) => each.name === name)
  const { file, keys: place = [] } = target?.node ?? {}
  expect(file?.lineOf([...place, ...keys])).toBe(line)
  if (keys.length === 0) expect(target?.origin).toBe(`plan.yml:${line}`)
})

test('settings of a plan have the plan and the line as origin', () => {
  const { defaults, targets } = planOf(lines)
  expect(defaults && settingAt(defaults, 'ref')).toEqual({ value: 'main', origin: 'plan.yml:3' })
  expect(targets[1]?.recipe).toEqual({ value: 'r', origin: 'plan.yml:12' })
  expect(planOf('targets: { a: { ref: m } }', '-').targets[0]?.origin).toBe('standard input:1')
})

test.each([
  ['targets: { a: { tokenFile: x } }', false],
  ['targets: { a: {}, b: { token: x } }', true],
  ['defaults: { token: x }\ntargets: { a: {} }', true],
])('whether %s holds a secret', (text, holds) => {
  expect(holdsToken(planOf(text))).toBe(holds)
})
