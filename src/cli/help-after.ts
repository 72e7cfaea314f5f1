import type { CommandRow } from './table/command.ts'

const width = 80

/** Names with commas between them, in lines that fit. */
function listed(names: readonly string[]): string {
  const lines = ['']
  for (const name of names) {
    const longer = [lines.at(-1), name].filter(Boolean).join(', ')
    if (longer.length > width - 3) lines.push(name)
    else lines[lines.length - 1] = longer
  }
  return lines.map((line, at) => `  ${line}${at < lines.length - 1 ? ',' : ''}\n`).join('')
}

/** What stands below the options in the help of a command: examples, and the fields of --json with the schema that ships. */
export function helpAfter({ name, examples, jsonResult }: CommandRow): string {
  const lines = `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`
  if (!jsonResult) return lines
  const members = typeof jsonResult === 'function' ? jsonResult({} as never) : jsonResult
  const [first = ''] = Object.keys(members)
  return `${lines}
Fields of --json (--json=${first},exit_code prints these alone):
${listed([...Object.keys(members), 'exit_code', 'error'])}  JSON Schema: gitlab-trigger/schemas/${name.replaceAll(' ', '-')}.json
`
}
