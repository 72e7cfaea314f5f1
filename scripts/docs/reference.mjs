// docs/reference/: a page for each first word of a command, the exit codes, the environment and the keys of config files, from the tables that the help is
// made from.
import { readFileSync } from 'node:fs'
import { environmentTable } from '../../build/cli/environment.js'
import { examples } from '../../build/cli/examples.js'
import { commandTable, groupTable } from '../../build/cli/table/index.js'
import { exitCodes } from '../../build/core/exit-codes.js'
import { objectsOf } from '../man/config-page.mjs'
import { commonOptions, commonOptionsTyped } from '../man/options.mjs'
import { commandBlocks, optionTable } from './command-page.mjs'
import { kindOf } from './kind.mjs'
import { code, escaped, page, sentence, table } from './markdown.mjs'

const run = commandTable.find(({ isDefault }) => isDefault)
const common = commonOptions(commandTable, run)
const tables = { run, common, examples }
const origin = '<!-- Written by `npm run docs` from the tables of the program: edit those. -->'

const words = [...new Set(commandTable.map(({ name }) => name.split(' ')[0]))]
const rowsOf = (word) => commandTable.filter(({ name }) => name.split(' ')[0] === word)
const summaryOf = (word) => groupTable[word] ?? rowsOf(word)[0].summary

/** The address that GitLab and GitHub give a heading. */
const anchor = (heading) => heading.replaceAll(' ', '-')

function groupPage(word) {
  const rows = rowsOf(word)
  return page(
    `# gitlab-trigger ${word}`,
    origin,
    sentence(escaped(summaryOf(word))),
    table(
      ['command', 'what it does'],
      rows.map(({ name, summary }) => [`[\`${name}\`](#${anchor(name)})`, escaped(summary)]),
    ),
    ...rows.flatMap((row) => [`## ${row.name}`, ...commandBlocks(row, '###', tables)]),
  )
}

const commandPage = (word) =>
  rowsOf(word).length > 1
    ? groupPage(word)
    : page(`# gitlab-trigger ${word}`, origin, ...commandBlocks(rowsOf(word)[0], '##', tables))

const exitPage = () =>
  page(
    '# Exit codes',
    origin,
    table(
      ['code', 'meaning', 'the pipeline', 'run again?'],
      Object.values(exitCodes).map(({ code: number, meaning, elsewhere, build, again }) => [
        String(number),
        escaped(
          elsewhere === undefined ? meaning : `${meaning}. Of a command that starts none: ${elsewhere}`,
        ),
        escaped(build),
        again === '-' ? '' : again,
      ]),
    ),
    'The numbers never change their meaning ([stability](../stability.md)). Only 6, 10 and 12 are safe to retry without checking first; of several targets only with `batch --resume`, since a plain rerun triggers all of them again. A recipe can map a code to another one for the scheduler that calls it ([config files](../config.md#exit-codes)).',
  )

const environmentPage = () =>
  page(
    '# Environment variables',
    origin,
    table(
      ['variable', 'meaning'],
      environmentTable.map(([names, meaning]) => [names.split(', ').map(code).join(', '), escaped(meaning)]),
    ),
    'An empty variable counts as unset. Flags win over the environment, the environment over what CI provides.',
  )

const keysPage = () =>
  page(
    '# Keys of a config file',
    origin,
    'How config files work, with examples: [config files](../config.md).',
    ...objectsOf(JSON.parse(readFileSync('dist/config-schema.json', 'utf8'))).flatMap(([path, object]) => [
      path === '' ? '## The file' : `## \`${path}\``,
      table(
        ['key', 'meaning', 'value'],
        Object.entries(object.properties).map(([key, each]) => [
          code(key),
          escaped(each.description ?? ''),
          escaped(kindOf(each)),
        ]),
      ),
    ]),
  )

const indexPage = () =>
  page(
    '# Reference',
    origin,
    table(
      ['page', 'what it is about'],
      [
        ...words.map((word) => [`[\`${word}\`](${word}.md)`, escaped(summaryOf(word))]),
        ['[exit codes](exit-codes.md)', 'what each exit code means, and whether to run again'],
        ['[environment](environment.md)', 'the environment variables that are read'],
        ['[config keys](config-keys.md)', 'the keys of a config file'],
      ],
    ),
    '## Common options',
    'Many commands have these. The page of a command names those that it takes.',
    optionTable(commonOptionsTyped(common, commandTable)),
  )

/** The pages by their names, in Markdown that is not formatted yet. */
export const referencePages = () => ({
  'README.md': indexPage(),
  'exit-codes.md': exitPage(),
  'environment.md': environmentPage(),
  'config-keys.md': keysPage(),
  ...Object.fromEntries(words.map((word) => [`${word}.md`, commandPage(word)])),
})
