// Writes the man pages to dist/man/, compressed as Debian and npm take them, from the tables that the help is made from: gitlab-trigger(1), one
// for each top-level command, gitlab-trigger-config(5) and gitlab-trigger-exit-codes(7).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { environmentTable } from '../build/cli/environment.js'
import { examples } from '../build/cli/examples.js'
import { commandTable, groupTable } from '../build/cli/table/index.js'
import { topicNames } from '../build/cli/topic-names.js'
import { topicText } from '../build/cli/topics.js'
import { exitCodes } from '../build/core/exit-codes.js'
import { commandSections, commonSection } from './man/command-page.mjs'
import { keysSection } from './man/config-page.mjs'
import { commonOptions } from './man/options.mjs'
import { blocksOf, explained, manPage, paragraph, section, seeAlso, term, verbatim } from './man/roff.mjs'
import { releaseDate } from './packages/release-date.mjs'

const { version, description } = JSON.parse(readFileSync('package.json', 'utf8'))

/** Columns of texts that keep their lines. */
const textWidth = 100

const sentence = (text) => text.replace(/\.$/, '')
const main = { name: 'gitlab-trigger', section: 1, summary: sentence(description) }
const config = { name: 'gitlab-trigger-config', section: 5, summary: 'config files of gitlab-trigger' }
const codes = {
  name: 'gitlab-trigger-exit-codes',
  section: 7,
  summary: 'what the exit codes of gitlab-trigger mean',
}
const run = commandTable.find(({ isDefault }) => isDefault)
const common = commonOptions(commandTable, run)

const words = [...new Set(commandTable.map(({ name }) => name.split(' ')[0]))]
/** One page for each first word of a command, with its commands. */
const commandPages = words.map((word) => {
  const rows = commandTable.filter(({ name }) => name.split(' ')[0] === word)
  const summary = sentence(groupTable[word] ?? rows[0].summary)
  return { name: `gitlab-trigger-${word}`, section: 1, summary, rows }
})

const exitCodesSection = section(
  'EXIT STATUS',
  Object.values(exitCodes).map(({ code, meaning, build, again }) =>
    explained(String(code), `${meaning}. Pipeline: ${build}. Run again: ${again}.`),
  ),
)
/** Of a topic that begins with a table, what is below it: the table is printed by itself. */
const belowTable = (topic) => topicText(topic, textWidth).split('\n\n').slice(1).join('\n\n')
const own = ['exit-codes', 'environment', 'config']
const topicSections = topicNames
  .filter((name) => !own.includes(name))
  .map((name) => section(name.toUpperCase().replaceAll('-', ' '), blocksOf(topicText(name, textWidth))))

const about = { version, date: releaseDate(version).toISOString().slice(0, 10) }
const pages = [
  [
    main,
    [
      section('SYNOPSIS', [
        `${term('gitlab-trigger')} [\\fIoptions\\fR] [\\fIrecipe\\fR...]\n.br\n${term('gitlab-trigger')} \\fIcommand\\fR [\\fIoptions\\fR]`,
      ]),
      section('DESCRIPTION', [
        paragraph(description),
        paragraph('Without a command it does what gitlab-trigger-run(1) does.'),
      ]),
      section(
        'COMMANDS',
        commandPages.map(({ name, summary }) =>
          explained(name.replace('gitlab-trigger-', ''), `${summary}. See ${name}(1).`),
        ),
      ),
      section('EXAMPLES', [verbatim(examples[run.name].join('\n'))]),
      commonSection(common, commandTable),
      section('EXIT STATUS', [paragraph('See gitlab-trigger-exit-codes(7).')]),
      section(
        'ENVIRONMENT',
        environmentTable.map(([name, meaning]) => explained(name, `${meaning}.`)),
      ),
      ...topicSections,
      seeAlso([...commandPages, config, codes]),
    ],
  ],
  ...commandPages.map((page) => [
    page,
    [...commandSections(page.rows, { run, common, examples }), seeAlso([main, config, codes])],
  ]),
  [
    config,
    [
      section('DESCRIPTION', blocksOf(topicText('config', textWidth))),
      keysSection(JSON.parse(readFileSync('dist/config-schema.json', 'utf8'))),
      seeAlso([main, { name: 'gitlab-trigger-config', section: 1 }]),
    ],
  ],
  [codes, [exitCodesSection, section('NOTES', blocksOf(belowTable('exit-codes'))), seeAlso([main])]],
]

mkdirSync('dist/man', { recursive: true })
for (const [page, sections] of pages)
  writeFileSync(
    `dist/man/${page.name}.${page.section}.gz`,
    gzipSync(manPage(page, about, sections), { level: 9 }),
  )
