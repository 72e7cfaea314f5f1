import fc from 'fast-check'
import { dump } from 'js-yaml'
import { lineFinder } from '../../src/config/files/locate-key.ts'
import { holds } from '../helpers/property.ts'

/** Data of any shape; names are given afterwards. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, 1, true, 'x', 'a: b', 'two\nlines', '# no comment', ''),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(tie('tree'), { maxLength: 40 }).map((values) => ({ values })),
  ),
}))

/** The same data with mappings whose keys are all different, and numbers now and then. */
function named(data: unknown, next: () => string): unknown {
  if (Array.isArray(data)) return data.map((each) => named(each, next))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries((data as { values: unknown[] }).values.map((each) => [next(), named(each, next)]))
}

const pathsIn = (data: unknown, path: readonly string[] = []): string[][] =>
  typeof data !== 'object' || data === null
    ? []
    : Object.entries(data).flatMap(([key, each]) => [[...path, key], ...pathsIn(each, [...path, key])])

const forms: [form: string, write: (data: unknown) => string][] = [
  ['YAML', (data) => dump(data)],
  ['YAML with lists further in', (data) => dump(data, { indent: 4, noArrayIndent: true })],
  ['YAML with flows inside', (data) => dump(data, { flowLevel: 2 })],
  ['JSON', (data) => JSON.stringify(data, null, 2)],
  ['JSON in a line', (data) => JSON.stringify(data)],
]

test.each(forms)('the line of every key is found in %s', (_, write) => {
  holds(
    fc.property(fc.tuple(tree, tree), fc.boolean(), ([first, second], isWindows) => {
      let count = 0
      const data = named({ values: [first, second] }, () => {
        count += 1
        return count % 7 === 0 ? String(100_000 + count) : `key${count}_`
      })
      const text = `# a comment\n\n${write(data)}`
      const rows = text.split('\n')
      const find = lineFinder(isWindows ? text.replaceAll('\n', '\r\n') : text)
      for (const path of pathsIn(data)) {
        const key = path.at(-1) ?? ''
        // The places of a list have no text to look for.
        if (!/^key|^1\d{5}$/.test(key)) continue
        expect([path, find(path)]).toEqual([path, rows.findIndex((row) => row.includes(key)) + 1])
        expect(find([...path, 'missing'])).toBe(find(path))
      }
    }),
    200,
  )
})

const rows: [text: string, path: string[], line: number][] = [
  ['', ['a'], 1],
  ['a: 1', [], 1],
  ['\n# c\n\na: 1', [], 4],
  ['a: 1', ['b'], 1],
  ['a: [', ['a'], 1],
  ['a:\n- x\n-\n  # c\n  b: 1\n', ['a', '1'], 5],
  ['a:\n- x\n- b: 1\n', ['a', '7'], 1],
  ['x: &x\n  a: 1\ny:\n  <<: *x\n  b: 2\n', ['y', 'b'], 5],
  ['x: &x\n  a: 1\ny:\n  <<: *x\n  b: 2\n', ['y', 'a'], 3],
  ['b: 1\n9: 2\na: 3\n1: 4\n', ['1'], 4],
  ['b: 1\n9: 2\na: 3\n1: 4\n', ['a'], 3],
  ['? a\n: b\n? c\n', ['c'], 3],
  ['a: { b, c: 1,\n d }', ['a', 'd'], 2],
  ['a:\n  toString: 1\n', ['a', 'toString', 'length'], 2],
  ['a:\n\n  b: 1\n', ['a', 'constructor'], 1],
]

test.each(rows)('%j: %j is in line %i', (text, path, line) => {
  expect(lineFinder(text)(path)).toBe(line)
})
