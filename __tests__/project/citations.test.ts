import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const folders = ['src', 'bin', 'scripts', 'bench', '__tests__']

function filesBelow(folder: string, ending: RegExp): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => ending.test(name)).map((name) => join(folder, name))
}

const sources = folders
  .flatMap((folder) => filesBelow(folder, /\.(ts|mjs|js|cjs)$/))
  .filter((file) => basename(file) !== 'citations.test.ts')
const documents = ['CONTRIBUTING.md', 'README.md', ...filesBelow('docs', /\.md$/)]

interface Line {
  at: string
  text: string
}

function linesOf(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.map((text, index) => ({ at: `${file}:${index + 1}`, text }))
}

/** What of a line is comment, as far as one line tells. */
const commentIn = ({ text }: Line): string => /^\s*(?:\/\/|\/?\*).*|\s\/\/\s.*/.exec(text)?.[0] ?? ''

/** The beginnings of a document's headings, and of the rows of its tables that a citation may name. */
function anchorsOf(file: string): Set<string> {
  const text = readFileSync(file, 'utf8')
  const headings = [...text.matchAll(/^#{2,} (G?\d+(?:\.\d+)*)\.? /gm)]
  const rows = [...text.matchAll(/^\| (T\d+) +\|/gm)]
  return new Set([...headings, ...rows].map(([, anchor = '']) => anchor))
}

/** Every citation as a file and its anchor, if any: `docs/guarantees.md#4.6, #T20` are two. */
function citationsIn(text: string): { file: string; anchor?: string }[] {
  const found = text.matchAll(/\b(docs\/[\w./-]+\.md)((?:#[\w.]*\w(?:, (?=#))?)*)/g)
  return [...found].flatMap(([, file = '', anchors = '']) => {
    const names = anchors.match(/[\w.]+/g)
    return names ? names.map((anchor) => ({ file, anchor })) : [{ file }]
  })
}

function isBroken({ file, anchor }: { file: string; anchor?: string }): boolean {
  if (!existsSync(file)) return true
  return anchor !== undefined && !anchorsOf(file).has(anchor)
}

/** The T-numbers in a text; `T86-T90` stands for five. */
function numbersIn(text: string): Set<number> {
  const single = [...text.matchAll(/\bT(\d+)\b/g)].map(([, number]) => Number(number))
  const ranges = [...text.matchAll(/\bT(\d+)(?:-|–| to )T(\d+)\b/g)].flatMap(([, from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  )
  return new Set([...single, ...ranges])
}

test('there is something to look at', () => {
  const count = sources.flatMap(linesOf).flatMap(({ text }) => citationsIn(text)).length
  expect(count).toBeGreaterThan(150)
  expect(citationsIn('(docs/guarantees.md#4.6, #T20, T21; docs/gitlab.md#2.3).')).toEqual([
    { file: 'docs/guarantees.md', anchor: '4.6' },
    { file: 'docs/guarantees.md', anchor: 'T20' },
    { file: 'docs/gitlab.md', anchor: '2.3' },
  ])
})

test('every citation names a document and a heading or row in it', () => {
  const broken = [...sources, ...documents].flatMap(linesOf).flatMap(({ at, text }) =>
    citationsIn(text)
      .filter(isBroken)
      .map(({ file, anchor = '' }) => `${at} ${file}#${anchor}`),
  )
  expect(broken).toEqual([])
})

test('nothing cites what is not in the repository', () => {
  const strange =
    /\bfacts,? (?:section )?\d|\bguarantees (?:section )?\d|\bobserved[ -]answers\b|\(observed\b|\b(?:design|redesign|wishes|models)\.md|(?<!docs\/)\b(?:performance|guarantees)\.md/
  const found = sources.flatMap(linesOf).filter(({ text }) => strange.test(text))
  expect(found.map(({ at, text }) => `${at} ${text.trim()}`)).toEqual([])
})

test('a comment cites promises with their document; only the titles of tests have bare numbers', () => {
  const bare = sources.flatMap(linesOf).filter((line) => /(?<![#\w])[TG]\d+\b/.test(commentIn(line)))
  expect(bare.map(({ at, text }) => `${at} ${text.trim()}`)).toEqual([])
})

describe('the promises of docs/guarantees.md and the tests', () => {
  const rows = [
    ...readFileSync('docs/guarantees.md', 'utf8').matchAll(/^\| T(\d+) +\|.*\| ([^|]+?) +\|$/gm),
  ].map(([, number, named = '']) => ({ number: Number(number), named }))
  const tests = filesBelow('__tests__', /\.ts$/).filter((file) => basename(file) !== 'citations.test.ts')
  const anchors = anchorsOf('docs/guarantees.md')

  test('every number in a test has a row or a heading', () => {
    const known = new Set(rows.map(({ number }) => number))
    const unknown = tests.flatMap((file) => {
      const text = readFileSync(file, 'utf8')
      const promises = [...text.matchAll(/\((G\d+)\)/g)].map(([, name = '']) => name)
      const strange = [...numbersIn(text)].filter((number) => !known.has(number))
      return [...strange.map((number) => `T${number}`), ...promises.filter((name) => !anchors.has(name))].map(
        (name) => `${file} ${name}`,
      )
    })
    expect(unknown).toEqual([])
  })

  test('every row names tests that carry its number, or says why there is none', () => {
    const wrong = rows.flatMap(({ number, named }) => {
      if (/^none: \w/.test(named)) return []
      const files = [...named.matchAll(/`([^`]+)`/g)].map(([, name = '']) => join('__tests__', name))
      const isHeld = (file: string): boolean =>
        existsSync(file) && numbersIn(readFileSync(file, 'utf8')).has(number)
      return files.length > 0 && files.every(isHeld) ? [] : [`T${number}: ${named}`]
    })
    expect(rows.length).toBeGreaterThan(100)
    expect(wrong).toEqual([])
  })
})

test('every decision says what was decided, why, instead of what, and when', () => {
  const wanted = ['## Context', '## Decision', '## Alternatives', '## Consequences']
  const wrong = filesBelow('docs/decisions', /\.md$/).filter((file) => {
    const text = readFileSync(file, 'utf8')
    const headings = text.match(/^## .*$/gm) ?? []
    const number = basename(file).slice(0, 4)
    return (
      headings.join() !== wanted.join() ||
      !text.startsWith(`# ${number} `) ||
      !/^Date: \d{4}-\d\d-\d\d$/m.test(text)
    )
  })
  expect(wrong).toEqual([])
})
