import { readFileSync, readdirSync, statSync } from 'node:fs'
import { commandTable, groupTable } from '../../src/cli/table/index.ts'
import { environmentTable } from '../../src/cli/environment.ts'
import { topicNames } from '../../src/cli/topic-names.ts'
import { topicText } from '../../src/cli/topics.ts'
import { exitCodes } from '../../src/core/exit-codes.ts'
import { bannedForMaintainers, bannedIn, bannedInComments } from '../helpers/banned-words.ts'
import { messages } from '../helpers/messages.ts'

interface Text {
  of: string
  text: string
}

const helps: readonly Text[] = [
  ...new Map(
    commandTable.flatMap((row) =>
      Object.values(row.options).flatMap(({ rows }) =>
        Object.entries(rows).flatMap(([name, { help, no }]) =>
          [help, no].flatMap((text): [string, Text][] =>
            text === undefined ? [] : [[text, { of: `${row.name} --${name}`, text }]],
          ),
        ),
      ),
    ),
  ).values(),
]
const summaries: readonly Text[] = [
  ...commandTable.map(({ name, summary }) => ({ of: name, text: summary })),
  ...Object.entries(groupTable).map(([of, text]) => ({ of, text })),
]
const others: readonly Text[] = [
  ...environmentTable.map(([of, text]) => ({ of, text })),
  ...Object.values(exitCodes).map(({ code, meaning }) => ({ of: `exit code ${code}`, text: meaning })),
  ...topicNames.map((name) => ({ of: `help ${name}`, text: topicText(name, 1000) })),
]
const ofMessages: readonly Text[] = messages.map(({ at, text }) => ({ of: at, text }))
const all = [...helps, ...summaries, ...others, ...ofMessages]

/** Without a default or a note in brackets, which is no part of the sentence. */
const bare = (text: string): string => text.replace(/ \([^)]*\)/g, '')

const show = ({ of, text }: Text): string => `${of}: ${text}`
const words = (text: string): number => bare(text).trim().split(/\s+/).length

test('there is something to read', () => {
  expect(helps.length).toBeGreaterThan(120)
  expect(messages.length).toBeGreaterThan(2500)
})

test('messages of every kind are collected', () => {
  const each = [
    /^cli\/.*usageError/, // a mistyped line
    /^config\/.*configError/,
    /^gitlab\/errors\//, // what a refusal means
    /^follow\/verdict/, // how a pipeline ended
    /^output\/tree\//,
    /^schedule\//, // printed schedules
    /^sandbox\/control\/greeting/,
  ]
  const places = messages.map(({ at, call }) => `${at} ${call}`)
  expect(each.filter((kind) => !places.some((place) => kind.test(place)))).toEqual([])
})

test('the help of a flag is at most ten words, begins with a small letter and has no full stop', () => {
  expect(helps.filter(({ text }) => words(text) > 10).map(show)).toEqual([])
  expect(helps.filter(({ text }) => /^(?!GitLab)[A-Z][a-z]|\.$/.test(text)).map(show)).toEqual([])
})

test('a summary is one line without a full stop', () => {
  expect(
    summaries.filter(({ text }) => words(text) > 16 || /^(?!GitLab)[A-Z][a-z]|\.$/.test(text)).map(show),
  ).toEqual([])
})

/** Texts about API v3, which calls jobs builds. */
const aboutV3 =
  /API v3|trigger request|builds of (?:the project|project|that ref|that push)|its builds follow/

/** Names of jobs in examples. */
const jobNames = /docs_build|build_docs|build_\w+|"build"/g

test('no text has a banned word, or calls a pipeline a build', () => {
  expect(all.flatMap((each) => bannedIn(each.text).map((why) => `${show(each)} (${why})`))).toEqual([])
  const build = /\bbuilds?\b(?!_|:|\.log|, test|')/i
  const others = all.filter(({ text }) => !aboutV3.test(text))
  expect(others.filter(({ text }) => build.test(text.replace(jobNames, ''))).map(show)).toEqual([])
})

/** What is banned in the lines of these files. Where a link leads to is no text. */
const bannedInLines = (names: readonly string[], words?: Parameters<typeof bannedIn>[1]): string[] =>
  names.flatMap((name) =>
    readFileSync(name, 'utf8')
      .split('\n')
      .flatMap((text, at) =>
        bannedIn(text.replaceAll(/\]\([^)]*\)/g, ']'), words).map(
          (why) => `${name}:${at + 1}: ${text} (${why})`,
        ),
      ),
  )

test('a document for users has no banned word', () => {
  const documents = [
    'README.md',
    'CHANGELOG.md',
    'SECURITY.md',
    ...readdirSync('docs')
      .map((name) => `docs/${name}`)
      .filter((name) => name.endsWith('.md') && !forMaintainers.includes(name)),
  ]
  expect(bannedInLines(documents)).toEqual([])
})

test('a document for maintainers has none but plain English words', () => {
  const decisions = readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`)
  expect(decisions.length).toBeGreaterThan(50)
  const documents = ['CONTRIBUTING.md', 'bench/README.md', ...forMaintainers, ...decisions]
  expect(bannedInLines(documents, bannedForMaintainers)).toEqual([])
})

/** Facts, proofs and measurements: written for who changes the code. */
const forMaintainers = ['docs/gitlab.md', 'docs/guarantees.md', 'docs/performance.md', 'docs/architecture.md']

/** The largest number of words of a sentence; a semicolon or colon ends one too. */
const longest = 30

test('no sentence is longer than anybody reads', () => {
  const sentences = all.flatMap(({ of, text }) =>
    text.split(/(?<=[.;:?])\s+|\n+/).map((sentence) => ({ of, text: sentence })),
  )
  // A command line has as many words as it needs.
  const isProse = ({ text }: Text): boolean => !/^(?:\s|#|env |curl |.*\bgitlab-trigger -)/.test(text)
  expect(sentences.filter((each) => isProse(each) && words(each.text) > longest).map(show)).toEqual([])
})

test('no text has holes, an exclamation mark, or blanks that nobody typed on purpose', () => {
  const odd = /\bundefined\b|\[object \w|\bNaN\b|\w!(?=\s|$)|\w [,;.](?=\s|$)|\S {2,}\S/
  // What has lines of its own is laid out, and these print columns.
  const columns = ['commands/config/list.ts', 'output/timeline/', 'sandbox/control/']
  const inLine = ofMessages.filter(
    ({ of, text }) => !text.includes('\n') && !columns.some((file) => of.startsWith(file)),
  )
  expect(inLine.filter(({ text }) => odd.test(text)).map(show)).toEqual([])
})

/** The files with comments: the source, its tests, and the programs that build, measure and check it. */
const commented = ['src', '__tests__', 'scripts', 'bench', 'bin', '.ci'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => /\.(?:[cm]?js|ts|sh)$|^\.ci\/[\w-]+$/.test(path) && statSync(path).isFile()),
)

/** What of a line is a comment; '' for none. */
function commentOf(line: string, isShell: boolean): string {
  return (isShell ? /^\s*#.*|\s#\s.*/ : /^\s*(?:\/\/|\/?\*).*|\s\/\/\s.*/).exec(line)?.[0] ?? ''
}

test('a comment has no word that needs a second reading', () => {
  const comments = commented.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((text, at) => ({ of: `${path}:${at + 1}`, text: commentOf(text, !/\.[cm]?[jt]s$/.test(path)) })),
  )
  expect(comments.filter(({ of, text }) => of.startsWith('src/') && text !== '').length).toBeGreaterThan(4000)
  const wrong = comments.filter(({ text }) => bannedInComments.some(({ not }) => not.test(text)))
  expect(wrong.map(show)).toEqual([])
})
