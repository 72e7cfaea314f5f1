// The page of a command, or of a group of commands, in docs/reference/.
import { existsSync, readFileSync } from 'node:fs'
import { optionsOfPage } from '../man/options.mjs'
import { kindOf } from './kind.mjs'
import { code, escaped, fenced, sentence, table } from './markdown.mjs'

/** How options are explained: a table of them. */
export const optionTable = (options) =>
  table(
    ['option', 'meaning'],
    options.map(({ word, help }) => [code(word), escaped(help)]),
  )

/** The address of the heading above the common options. */
const commonAddress = 'README.md#common-options'

function optionBlocks(row, level, { run, common }) {
  const { headings, asRun, shared } = optionsOfPage([row], { run, common })
  const flags = shared.map(code).join(', ')
  return [
    ...[...headings].flatMap(([heading, options], at) => [
      at === 0 && heading === 'Options:' ? '' : `${level}# ${heading.replace(/:$/, '')}`,
      optionTable([...options.values()]),
    ]),
    ...asRun.map(({ without }) =>
      without.length === 0
        ? 'It takes all options of [`run`](run.md#options).'
        : `It takes the options of [\`run\`](run.md#options) but ${without.map(code).join(', ')}.`,
    ),
    flags === '' ? '' : `It takes these [common options](${commonAddress}): ${flags}.`,
  ]
}

/** The schema of a member of what a command prints, whose objects may have several forms. */
const memberOf = ({ properties, anyOf = [] }, name) =>
  properties?.[name] ?? { anyOf: anyOf.flatMap((form) => form.properties?.[name] ?? []) }

/** The members of what --json prints, by the schema that ships. */
function jsonBlocks({ name, jsonResult }, level) {
  if (!jsonResult) return []
  const file = `${name.replaceAll(' ', '-')}.json`
  const path = `dist/schemas/${file}`
  const schema = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  const members = [...Object.keys(jsonResult({})), 'exit_code', 'error']
  return [
    `${level} JSON`,
    `\`--json\` prints these members; \`--json=${members[0]},exit_code\` prints only the named ones. The JSON Schema is \`gitlab-trigger/schemas/${file}\` ([JSON output](../json.md)).`,
    table(
      ['member', 'value'],
      members.map((each) => [code(each), escaped(kindOf(memberOf(schema, each), schema.$defs))]),
    ),
  ]
}

/** What a command's exit codes speak of. */
const exitBlocks = ({ startsPipelines }, level) => [
  `${level} Exit codes`,
  startsPipelines
    ? 'Every failure says on stderr whether a pipeline was created: [all exit codes](exit-codes.md).'
    : 'This command starts no pipeline; its codes have the meanings in [the table of exit codes](exit-codes.md).',
]

/** The blocks on one command below a heading of `level`, `##` on a page of its own. */
export function commandBlocks(row, level, { run, common, examples }) {
  const { name, arguments: words } = row
  const line = ['gitlab-trigger', name, '[options]', words].filter(Boolean).join(' ')
  const lines = examples[name] ?? []
  return [
    sentence(escaped(row.summary)),
    fenced('text', row.isDefault ? [line, line.replace(` ${name}`, '')] : [line]),
    ...(lines.length === 0 ? [] : [`${level} Examples`, fenced('sh', lines)]),
    `${level} Options`,
    ...optionBlocks(row, level, { run, common }),
    ...exitBlocks(row, level),
    ...jsonBlocks(row, level),
  ]
}
