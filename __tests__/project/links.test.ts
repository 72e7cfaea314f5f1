import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

// Every link between documents leads to a file and a heading that are there, at the address that GitLab and GitHub give it.

const documents = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...['docs', 'bench', 'templates'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
]

/** A document without its blocks of code. */
const proseOf = (file: string): string =>
  readFileSync(file, 'utf8').replace(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, '')

/** The addresses of a document's headings. */
function anchorsOf(file: string): Set<string> {
  const headings = proseOf(file).matchAll(/^#{1,6} (.*)$/gm)
  const seen = new Map<string, number>()
  return new Set(
    [...headings].map(([, heading = '']) => {
      const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
      const anchor = text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
      const before = seen.get(anchor) ?? 0
      seen.set(anchor, before + 1)
      return before === 0 ? anchor : `${anchor}-${before}`
    }),
  )
}

interface Link {
  file: string
  target: string
}

const links: Link[] = documents.flatMap((file) =>
  [
    ...proseOf(file)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g),
  ].map(([, target = '']) => ({ file, target })),
)

/** Why a link leads nowhere; undefined for one that does. */
function trouble({ file, target }: Link): string | undefined {
  if (target.startsWith('https://')) return undefined
  const [path = '', anchor] = target.split('#')
  const found = path === '' ? file : normalize(join(dirname(file), path))
  if (found.startsWith('..') || !existsSync(found)) return `${file}: ${target}`
  if (anchor === undefined) return undefined
  return statSync(found).isFile() && anchorsOf(found).has(anchor) ? undefined : `${file}: ${target}`
}

test('there are links to follow, and those that lead nowhere are found', () => {
  expect(links.length).toBeGreaterThan(150)
  const wrong = ['nothing.md', 'README.md#nothing', '#nothing', '../../outside.md', 'http://example.com']
  expect(wrong.flatMap((target) => trouble({ file: 'docs/README.md', target }) ?? [])).toHaveLength(5)
})

test('every link leads to a file, and to a heading where it names one', () => {
  expect(links.flatMap((link) => trouble(link) ?? [])).toEqual([])
})

test('the index of the documents names each of them', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md')
  const named = links.filter(({ file }) => file === 'docs/README.md').map(({ target }) => target)
  expect(pages.filter((name) => !named.includes(name))).toEqual([])
})
