// The page of a command, or of a group of commands: gitlab-trigger-run(1), gitlab-trigger-tokens(1).
import { commonOptionsTyped, lastWords, optionsOfPage } from './options.mjs'
import { escaped, explained, paragraph, section, subsection, term, verbatim } from './roff.mjs'

/** The section that explains them. */
export const commonSection = (common, commands) =>
  section(
    'COMMON OPTIONS',
    commonOptionsTyped(common, commands).map(({ word, help }) => explained(word, help)),
  )

/** The options of commands in subsections, and sentences on those that another page explains. An option that not all of the commands have says which. */
function optionBlocks(commands, { run, common }) {
  const { headings, asRun, shared: flags } = optionsOfPage(commands, { run, common })
  const shared = flags.join(', ')
  return [
    ...[...headings].map(([heading, options]) =>
      subsection(
        heading.replace(/:$/, ''),
        [...options.values()].map(({ word, help, names: those }) =>
          explained(
            word,
            those.length === commands.length ? help : `${help} (${those.map(lastWords).join(', ')} only)`,
          ),
        ),
      ),
    ),
    ...asRun.map(({ name, without }) =>
      paragraph(
        `${lastWords(name)} takes ${without.length === 0 ? 'all' : 'the'} options of gitlab-trigger-run(1)${without.length === 0 ? '' : ` but ${without.join(', ')}`}.`,
      ),
    ),
    shared === '' ? '' : paragraph(`With options that gitlab-trigger(1) explains: ${shared}.`),
  ]
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1)

/** A line of the synopsis. */
const synopsis = ({ name, arguments: words = '' }) =>
  `${term(`gitlab-trigger ${name}`)} [\\fIoptions\\fR] ${escaped(words)}`.trim()

/** The fields of --json, with the schema that ships. */
function jsonBlocks(rows) {
  return rows
    .filter(({ jsonResult }) => jsonResult)
    .map((row) => explained(row.name, [...Object.keys(row.jsonResult({})), 'exit_code', 'error'].join(', ')))
}

/** The sections of a page on these commands, which are one, or a group with what it is about. `examples` has lines for each. */
export function commandSections(rows, { run, common, examples }) {
  const isGroup = rows.length > 1
  return [
    section('SYNOPSIS', [rows.map(synopsis).join('\n.br\n')]),
    isGroup
      ? section(
          'COMMANDS',
          rows.map(({ name, arguments: words = '', summary }) =>
            explained(`${name}${words === '' ? '' : ` ${words}`}`, `${summary}.`),
          ),
        )
      : section('DESCRIPTION', [paragraph(`${capital(rows[0].summary)}.`)]),
    section('OPTIONS', optionBlocks(rows, { run, common })),
    section('JSON', jsonBlocks(rows)),
    section('EXAMPLES', [verbatim(rows.flatMap(({ name }) => examples[name] ?? []).join('\n'))]),
  ]
}
