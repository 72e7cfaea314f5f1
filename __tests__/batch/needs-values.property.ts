import fc from 'fast-check'
import { placeholdersIn, withNeedsValues } from '../../src/batch/plan/needs-values.ts'
import { holds } from '../helpers/property.ts'
import { planOf } from '../helpers/plan.ts'

const target = (value: string, key = 'variables'): ReturnType<typeof planOf>['targets'][number] => {
  const data = key === 'ref' ? { ref: value } : { [key]: { V: value } }
  const targets = {
    a: {},
    'b.c': {},
    "it's": {},
    m: { matrix: { L: ['x.y]'] } },
    t: { needs: ['a', 'b.c', "it's", 'm'], ...data },
  }
  const found = planOf(JSON.stringify({ targets }), 'p.json').targets.at(-1)
  if (!found) throw new Error('no target')
  return found
}

const valueOf = (name: string, field: string): string => `<${name} ${field}>`

const replaced: [value: string, becomes: string][] = [
  ['${{ needs.a.id }}', '<a id>'],
  ['${{needs.a.sha}}', '<a sha>'],
  ['${{   needs.a.web_url\n }}', '<a web_url>'],
  ['x${{ needs.a.id }}y${{ needs.a.status }}z', 'x<a id>y<a status>z'],
  ["${{ needs['b.c'].id }}", '<b.c id>'],
  ["${{ needs['it''s'].id }}", "<it's id>"],
  ['${{ needs[\'m[L="x.y]"]\'].id }}', '<m[L="x.y]"] id>'],
  ["${{ needs['a'].id }}", '<a id>'],
  ['$${{ needs.a.id }}', '${{ needs.a.id }}'],
  ['$${{', '${{'],
  ['$$${{ needs.a.id }}', '$${{ needs.a.id }}'],
  ['$${{ ${{ needs.a.id }}', '${{ <a id>'],
  ['$${{needs', '${{needs'],
]

describe.each(['variables', 'inputs', 'ref'])('in %s', (key) => {
  test.each(replaced)('%j becomes %j', (value, becomes) => {
    const { data } = withNeedsValues(target(value, key).node, valueOf)
    expect(data).toMatchObject(key === 'ref' ? { ref: becomes } : { [key]: { V: becomes } })
  })
})

const kept = [
  '${{ github.sha }}',
  '${{ needs }}',
  '${{ needsx.a.id }}',
  '${{ Needs.a.id }}',
  '$[[ inputs.x ]]',
  '${{',
  '$ {{ needs.a.id }}',
  '{{ needs.a.id }}',
  '${ needs.a.id }',
  '$$',
  '${{ my needs.a.id }}',
  '',
]

test.each(kept)('%j stays, and so does the object', (value) => {
  const { node } = target(value)
  expect(withNeedsValues(node, valueOf)).toBe(node)
  expect(placeholdersIn({ node })).toEqual([])
})

test('each placeholder is listed once', () => {
  const node = target(
    "${{ needs.a.id }} ${{needs['a'].id}} ${{ needs.a.sha }} $${{ needs.b.id }} ${{ needs['b.c'].id }}",
  )
  expect(placeholdersIn(node)).toEqual([
    { target: 'a', field: 'id' },
    { target: 'a', field: 'sha' },
    { target: 'b.c', field: 'id' },
  ])
})

test('values are not interpreted again, and inputs of other kinds stay', () => {
  const { node } =
    planOf(
      'targets: { a: {}, t: { needs: a, variables: { V: "${{ needs.a.id }}" }, inputs: { n: 1, l: ["$${{ x }}"], b: true } } }',
    ).targets[1] ?? {}
  expect(node && withNeedsValues(node, () => '$& ${{ needs.a.id }} $1').data).toMatchObject({
    variables: { V: '$& ${{ needs.a.id }} $1' },
    inputs: { n: 1, l: ['$${{ x }}'], b: true },
  })
})

test('in defaults $${{ is a literal ${{, too', () => {
  expect(
    planOf('defaults: { variables: { A: "$${{ x }}" } }\ntargets: { a: {} }').defaults?.data.variables,
  ).toEqual({ A: '${{ x }}' })
})

/** Texts of anything, rich in parts of placeholders, in which none begins. */
const other = fc
  .array(
    fc.oneof(
      fc.constantFrom('$', '{', '}', '{{', '}}', ' ', 'needs.a', '.id', '$$', '[', "'"),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => !text.includes('${{') && !/\$\{?$/.test(text))

const piece = fc.oneof(
  other.map((text): [string, string] => [text, text]),
  fc.constantFrom<[string, string]>(
    ['${{ needs.a.id }}', '<a id>'],
    ["${{needs['b.c'].sha}}", '<b.c sha>'],
    ['$${{', '${{'],
    ['${{ github.sha }}', '${{ github.sha }}'],
  ),
)

test('every other byte stays', () => {
  holds(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const V = pieces.map(([from]) => from).join('')
      const { node } = target('x')
      const { data } = withNeedsValues({ ...node, data: { variables: { V } } }, valueOf)
      expect(data.variables).toEqual({ V: pieces.map(([, to]) => to).join('') })
    }),
    1000,
  )
})
