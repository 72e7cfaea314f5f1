import type { Command } from 'commander'
import { nearest } from '../core/did-you-mean.ts'
import { usageError } from '../core/errors.ts'
import { quotedWord } from '../core/text/shown-word.ts'
import { examples } from './examples.ts'
import { commandFor } from './synonyms.ts'
import type { CommandRow } from './table/command.ts'
import { topicNames } from './topic-names.ts'
import { topicText } from './topics.ts'

const fieldWidth = 80

/** Names with commas between them, in lines that fit. */
function listed(names: readonly string[]): string {
  const lines = ['']
  for (const name of names) {
    const longer = [lines.at(-1), name].filter(Boolean).join(', ')
    if (longer.length > fieldWidth - 3) lines.push(name)
    else lines[lines.length - 1] = longer
  }
  return lines.map((line, at) => `  ${line}${at < lines.length - 1 ? ',' : ''}\n`).join('')
}

/** What stands below the options in the help of a command: examples, and the fields of --json with the schema that ships. */
export function helpAfter({ name, jsonResult }: CommandRow): string {
  const lines = `\nExamples:\n${(examples[name] ?? []).map((line) => `  ${line}\n`).join('')}`
  if (!jsonResult) return lines
  const members = jsonResult({} as never)
  const [first = ''] = Object.keys(members)
  return `${lines}
Fields of --json (--json=${first},exit_code prints these alone):
${listed([...Object.keys(members), 'exit_code', 'error'])}  JSON Schema: gitlab-trigger/schemas/${name.replaceAll(' ', '-')}.json
`
}

/** Prints the help on a command, a group of commands or a topic; of a name that is several of them on all. */
export function helpOn(
  typed: readonly string[],
  program: Command,
  write: (text: string) => void,
  width: number,
): void {
  const words = typed.flatMap((each) => each.split(' ')).filter((each) => each !== '')
  const name = words.join(' ')
  const topicName = topicNames.find((each) => each === name)
  const topic = topicName && topicText(topicName, width)
  let command: Command | undefined = program
  for (const word of words) command = command?.commands.find((each) => each.name() === word)
  if (topic !== undefined) write(topic)
  if (topic !== undefined && command) write('\n')
  command?.outputHelp()
  if (topic !== undefined || command) return
  const near = commandFor(name) ?? nearest(name, topicNames)
  throw usageError(
    `no help topic${quotedWord(name) || ' of that name'}${near === undefined ? '' : `; did you mean "${near}"?`}`,
    `Topics: ${topicNames.join(', ')}. gitlab-trigger --help lists the commands; each has help, too.`,
  )
}
