import { execFileSync } from 'node:child_process'
import { drawGraph, graphForms } from '../../src/output/batch/graph.ts'
import { install } from '../helpers/debian.ts'

install('dot', 'graphviz')

const plan = [
  { name: 'build', needs: [], about: 'g/build@main' },
  { name: 'docs', needs: ['build'], about: 'g/docs@main' },
  { name: 'site[LANG=en]', needs: ['build'], about: '' },
  { name: 'deploy', needs: ['docs', 'build', 'site[LANG=en]', 'other', 'more'], about: 'g/deploy@main' },
  { name: 'other', needs: [], about: 'g/other@main' },
  { name: 'more', needs: [], about: '' },
]

test('as a tree each target stands once, below the first that it needs', () => {
  expect(drawGraph(plan, 'tree')).toBe(`build  g/build@main
├─ docs  g/docs@main
│  └─ deploy  g/deploy@main  (also needs build, site[LANG=en], other, 1 more)
└─ site[LANG=en]
other  g/other@main
more
`)
})

test('a chain of ten thousand is not indented for ever', () => {
  const chain = Array.from({ length: 10_000 }, (_, at) => ({
    name: `t${at}`,
    needs: at === 0 ? [] : [`t${at - 1}`],
    about: '',
  }))
  const lines = drawGraph(chain, 'tree').trimEnd().split('\n')
  expect(lines).toHaveLength(10_000)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100)
  expect(lines.at(-1)?.trim()).toBe('· t9999  (needs t9998)')
})

test('for Mermaid', () => {
  expect(drawGraph(plan.slice(0, 3), 'mermaid')).toBe(`flowchart TD
  t0["build<br/>g/build@main"]
  t1["docs<br/>g/docs@main"]
  t2["site[LANG=en]"]
  t0 --> t1
  t0 --> t2
`)
})

/** What has a meaning in one of the languages. */
const odd = [
  'a"b',
  'a\\nb',
  'a\\',
  '#quot;',
  '&lt;i&gt;',
  '<b>',
  '%%{init}%%',
  '`x`',
  '\\N \\G',
  'end',
  '日本 — ü',
  'a;b',
  '{x}',
  '| x',
]

test('for Mermaid nothing in a label has a meaning', () => {
  const text = drawGraph(
    odd.map((name) => ({ name, needs: [], about: '' })),
    'mermaid',
  )
  const labels = [...text.matchAll(/^ {2}t\d+\["(.*)"\]$/gm)].map(([, label = '']) => label)
  expect(labels).toHaveLength(odd.length)
  for (const label of labels) expect(label).toMatch(/^[^"<>&%\\`]*$/)
  expect(
    labels.map((label) => label.replace(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))),
  ).toEqual(odd)
})

test('Graphviz reads labels and edges as they were', () => {
  const targets = odd.map((name, at) => ({ name, needs: at === 0 ? [] : [odd[at - 1] ?? ''], about: 'g/p' }))
  const svg = execFileSync('dot', ['-Tsvg'], { input: drawGraph(targets, 'dot'), encoding: 'utf8' })
  const unescaped = (text: string): string =>
    text
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
  const texts = [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text = '']) =>
    unescaped(text).replaceAll('\u00a0', ' '),
  )
  expect(texts).toEqual(odd.flatMap((name) => [name, 'g/p']))
  expect(svg.match(/class="edge"/g)).toHaveLength(odd.length - 1)
})

test.each(graphForms)('%s holds no control characters', (form) => {
  expect(
    drawGraph([{ name: 'a', needs: [], about: 'x\u001b[31m\n\u202ey' }], form).replaceAll('\n', ''),
  ).not.toMatch(/[\x00-\x1f\u202e]/)
})
