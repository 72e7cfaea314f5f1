import fc from 'fast-check'
import { dump } from 'js-yaml'
import { holds } from '../helpers/property.ts'
import { meaningOf, planOf, problemsOf } from '../helpers/plan.ts'

/** Any text, but no line ends other than \n: YAML and CSV read these as one. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      '1.20',
      'yes',
      'null',
      '',
      ' x ',
      'a: b',
      '- a',
      '#x',
      '"',
      "'",
      'a,b',
      'a\nb',
      '|',
      '007',
      '{{',
      '2026-01-01',
      '<<',
      '*a',
      '&a',
    ),
  )
  .filter((value) =>
    /^[^\p{Cc}\p{Cs}\p{Co}\p{Cn}\u0085\u2028\u2029\ufeff]*$/u.test(value.replaceAll('\n', '')),
  )
const word = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_./-]{0,8}$/)
const name = fc
  .oneof(
    word,
    fc.stringMatching(/^\S[^\r\n\t\p{C}\p{Z}[\]]{0,10}$/u),
    fc.constantFrom(
      'true',
      'null',
      '~',
      'a: b',
      '# a',
      'é',
      '日本',
      '🚀',
      "it's",
      'a"b',
      'a,b',
      'constructor_',
      'toString',
    ),
  )
  .filter(
    (each) =>
      /^(?!\s)[^\p{C}\p{Z}[\]]{1,100}$/u.test(each.replaceAll(' ', '')) &&
      !/^\d+$/.test(each) &&
      each.trim() === each,
  )

interface Drawn {
  name: string
  project: string
  ref: string
  recipe?: string
  follow?: boolean
  retry?: number
  variables: Record<string, string>
  inputs: Record<string, string>
  needs: string[]
}

/** Plans that all forms can express: no defaults, no matrix, a list for nothing but needs, whose names hold no blanks. */
const plan = fc
  .uniqueArray(
    fc.record(
      {
        name: name.filter((each) => !/\s/.test(each)),
        project: word,
        ref: word,
        recipe: word,
        follow: fc.boolean(),
        retry: fc.nat(100),
        variables: fc.dictionary(
          fc.constantFrom('A', 'B_1', 'C'),
          text.filter((each) => !each.includes('${{')),
          { noNullPrototype: true },
        ),
        inputs: fc.dictionary(
          fc.constantFrom('a', 'b-c.d'),
          text.filter((each) => !each.includes('${{')),
          { noNullPrototype: true },
        ),
        needs: fc.array(fc.nat(), { maxLength: 4 }),
      },
      { requiredKeys: ['name', 'project', 'ref', 'variables', 'inputs', 'needs'] },
    ),
    { minLength: 1, maxLength: 6, selector: (each) => each.name },
  )
  .map((targets) =>
    targets.map((each, at): Drawn => ({
      ...each,
      needs: at === 0 ? [] : [...new Set(each.needs.map((need) => targets[need % at]?.name ?? ''))],
    })),
  )

/** A target without what is empty. */
const lean = (target: Drawn): object =>
  Object.fromEntries(
    Object.entries(target).filter(
      ([, value]) => typeof value !== 'object' || Object.keys(value as object).length > 0,
    ),
  )

const cell = (value: string): string =>
  value === '' || /[",\r\n]/.test(value) || value !== value.trim()
    ? `"${value.replaceAll('"', '""')}"`
    : value

const columns: [title: string, cell: (target: Drawn) => string][] = [
  ['name', (each) => cell(each.name)],
  ['needs', (each) => cell(each.needs.join(' '))],
  ['project', (each) => each.project],
  ['ref', (each) => each.ref],
  ['recipe', (each) => each.recipe ?? ''],
  ['follow', (each) => String(each.follow ?? '')],
  ['retry', (each) => String(each.retry ?? '')],
  ...['A', 'B_1', 'C'].map((key): [string, (target: Drawn) => string] => [
    `variables.${key}`,
    ({ variables }) => (Object.hasOwn(variables, key) ? cell(variables[key] ?? '') : ''),
  ]),
  ...['a', 'b-c.d'].map((key): [string, (target: Drawn) => string] => [
    `inputs.${key}`,
    ({ inputs }) => (Object.hasOwn(inputs, key) ? cell(inputs[key] ?? '') : ''),
  ]),
]

const csvOf = (targets: readonly Drawn[]): string =>
  [columns.map(([title]) => title), ...targets.map((target) => columns.map(([, write]) => write(target)))]
    .map((cells) => cells.join(','))
    .join('\r\n')

const byName = (targets: readonly Drawn[]): object =>
  Object.fromEntries(targets.map((target) => [target.name, { ...lean(target), name: undefined }]))

const forms: [form: string, place: string, write: (targets: readonly Drawn[]) => string][] = [
  ['a list in YAML', 'p.yml', (targets) => dump({ targets: targets.map(lean) })],
  ['YAML in flow style', 'p.yml', (targets) => dump({ targets: targets.map(lean) }, { flowLevel: 1 })],
  ['a mapping in YAML', 'p.yml', (targets) => dump({ targets: byName(targets) }, { skipInvalid: true })],
  ['a mapping in JSON', 'p.json', (targets) => JSON.stringify({ targets: byName(targets) })],
  ['JSON on standard input', '-', (targets) => JSON.stringify({ targets: targets.map(lean) }, null, 2)],
  ['NDJSON', 'p.ndjson', (targets) => targets.map((each) => JSON.stringify(lean(each))).join('\n')],
  [
    'NDJSON on standard input',
    '-',
    (targets) => targets.map((each) => JSON.stringify(lean(each))).join('\r\n'),
  ],
  ['CSV', 'p.csv', csvOf],
  ['CSV on standard input', '-', csvOf],
]

/** What a plan should come to. */
const expected = (targets: readonly Drawn[]): unknown => ({
  targets: targets.map((target) => ({ ...lean(target), needs: target.needs })),
})

test.each(forms)('any plan is read from %s', (_, place, write) => {
  holds(
    fc.property(plan, (targets) => {
      expect(JSON.parse(JSON.stringify(meaningOf(planOf(write(targets), place))))).toEqual(expected(targets))
    }),
    300,
  )
})

/** Plans that are nearly right. */
const key = fc.oneof(
  fc.constantFrom(
    'targets',
    'defaults',
    'name',
    'needs',
    'matrix',
    'recipe',
    'project',
    'ref',
    'variables',
    'inputs',
    'token',
    '__proto__',
    'constructor',
    '<<',
    'a',
    'b',
    '1',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>('a', 'b', 1, 1.5, true, null, '', '${{ needs.a.id }}', '${{ needs.', 'a[L=en]'),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc
      .array(fc.tuple(key, tie('tree')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}))
const near = fc.record(
  { targets: fc.oneof(tree, fc.dictionary(fc.constantFrom('a', 'b', 'c'), tree)), defaults: tree },
  { requiredKeys: ['targets'] },
)

const anything: [what: string, text: fc.Arbitrary<string>][] = [
  ['any data in JSON', tree.map((each) => JSON.stringify(each))],
  ['nearly a plan in JSON', near.map((each) => JSON.stringify(each, null, 1))],
  ['any text', fc.string({ unit: 'binary', maxLength: 80 })],
  [
    'CSV with any cells',
    fc
      .array(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' '), maxLength: 20 }))
      .map((lines) => `name,project,needs\n${lines.join('\n')}`),
  ],
]

test.each(anything)('%s is taken or refused with words, in every form', (_, text) => {
  holds(
    fc.property(text, fc.constantFrom('p.yml', 'p.json', 'p.ndjson', 'p.csv', '-'), (each, place) => {
      const problems = problemsOf(each, place)
      for (const problem of problems)
        expect(problem).toMatch(/^((p\.\w+|standard input)(:\d+)?[: ]|and \d+ more: correct these first$)/)
    }),
    600,
  )
})
