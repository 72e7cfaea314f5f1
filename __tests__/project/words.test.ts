import { commandTable, groupTable } from '../../src/cli/table/index.ts'
import { environmentTable } from '../../src/cli/environment.ts'
import { topicNames } from '../../src/cli/topic-names.ts'
import { topicText } from '../../src/cli/topics.ts'
import { exitCodes } from '../../src/core/exit-codes.ts'

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
const all = [...helps, ...summaries, ...others]

/** Without a default or a note in brackets, which is no part of the sentence. */
const bare = (text: string): string => text.replace(/ \([^)]*\)/g, '')

const show = ({ of, text }: Text): string => `${of}: ${text}`
const count = ({ text }: Text): number => bare(text).split(' ').length

test('there is something to look at', () => {
  expect(helps.length).toBeGreaterThan(120)
})

test('the help of a flag is at most ten words, begins with a small letter and has no full stop', () => {
  expect(helps.filter((each) => count(each) > 10).map(show)).toEqual([])
  expect(helps.filter(({ text }) => /^(?!GitLab)[A-Z][a-z]|\.$/.test(text)).map(show)).toEqual([])
})

test('a summary is one line without a full stop', () => {
  expect(
    summaries.filter((each) => count(each) > 16 || /^(?!GitLab)[A-Z][a-z]|\.$/.test(each.text)).map(show),
  ).toEqual([])
})

/** Words that no field uses so, and poetry. */
const banned =
  /\b(insist|grace of patience|fault that passes|who we say we are|exclude each other|is meant|was not said|that is no pipeline|its end was not seen|contact is lost|one word too much)\b/i

test('no text has a banned word, or calls a pipeline a build', () => {
  expect(all.filter(({ text }) => banned.test(text)).map(show)).toEqual([])
  const build = /\bbuilds?\b(?!_|:|\.log|, test)/i
  expect(
    all.filter(({ text }) => build.test(text.replace(/docs_build|build_docs|build_\w+/g, ''))).map(show),
  ).toEqual([])
})
