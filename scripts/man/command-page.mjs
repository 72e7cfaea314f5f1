// The page of a command, or of a group of commands: gitlab-trigger-run(1), gitlab-trigger-tokens(1).
import { flagName, kebabCase } from '../../build/core/flag-name.js'
import { escaped, explained, paragraph, section, subsection, term, verbatim } from './roff.mjs'

/** An option as it is typed, once for each of `--x` and `--no-x`, with its help. */
function optionsOf([name, row]) {
  const placeholder = row.value ?? row.list
  const short = row.short === undefined ? '' : `-${row.short}, `
  const value = placeholder === undefined ? '' : ` <${placeholder}>`
  return [
    ...(row.help === undefined ? [] : [{ word: `${short}${flagName(name)}${value}`, help: row.help }]),
    ...(row.no === undefined ? [] : [{ word: `--no-${kebabCase(name)}`, help: row.no }]),
  ]
}

/** An option that so many commands have is explained on the page of the program, and only named on theirs. */
const many = 8

const rowsOf = ({ options }) => Object.values(options).flatMap((group) => Object.entries(group.rows))

/** Whether a command takes everything that another takes. */
const takesAllOf = (other) => (command) =>
  command !== other &&
  Object.values(other.options).every((group) => Object.values(command.options).includes(group))

/** The options that many commands share, but for those that take all options of `run`. */
export function commonOptions(commands, run) {
  const others = commands.filter((each) => each !== run && !takesAllOf(run)(each))
  const all = others.flatMap(rowsOf)
  const uses = (row) => all.filter(([, each]) => each === row).length
  return new Map(all.filter(([, row]) => uses(row) >= many).map(([name, row]) => [row, name]))
}

/** The section that explains them. */
export const commonSection = (common) =>
  section(
    'COMMON OPTIONS',
    [...common]
      .flatMap(([row, name]) => optionsOf([name, row]))
      .map(({ word, help }) => explained(word, help)),
  )

/** The options of commands, but for those in `elsewhere`, by heading; each with the commands that have it. */
function gather(commands, elsewhere) {
  const headings = new Map()
  for (const command of commands) {
    for (const { heading, rows } of Object.values(command.options)) {
      const own = Object.entries(rows).filter(([, row]) => !elsewhere(command).has(row))
      for (const { word, help } of own.flatMap(optionsOf)) {
        const inside = headings.get(heading) ?? new Map()
        headings.set(heading, inside)
        const key = `${word} ${help}`
        inside.set(key, { word, help, names: [...(inside.get(key)?.names ?? []), command.name] })
      }
    }
  }
  return headings
}

/** What the commands of a page call one of them: without the word that they all begin with. */
const lastWords = (name) => name.replace(/^\S+ /, '')

/** The options of commands in subsections, and sentences on those that another page explains. An option that not all of the commands have says which. */
function optionBlocks(commands, { run, common }) {
  const ofRun = new Map(rowsOf(run).map(([name, row]) => [row, name]))
  const asRun = commands.filter(takesAllOf(run))
  const elsewhere = (command) => {
    if (command === run) return new Map()
    return asRun.includes(command) ? ofRun : common
  }
  const named = commands.filter((each) => !asRun.includes(each) && each !== run).flatMap(rowsOf)
  const flags = new Map(named.filter(([, row]) => common.has(row)).map(([name, row]) => [row, name]))
  const words = [...flags].flatMap(([row, name]) => optionsOf([name, row])).map(({ word }) => word)
  const shared = words.map((word) => word.replace(/^-\w, | <.*$/g, '')).join(', ')
  const names = asRun.map(({ name }) => lastWords(name)).join(', ')
  return [
    ...[...gather(commands, elsewhere)].map(([heading, options]) =>
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
    names === '' ? '' : paragraph(`With all options of gitlab-trigger-run(1): ${names}.`),
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
