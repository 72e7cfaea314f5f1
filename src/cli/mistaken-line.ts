import { CommanderError, type Command } from 'commander'
import type { Invocation, Reading } from './invocation.ts'
import { commandTable, groupTable } from './table/index.ts'
import type { JsonMembers } from './table/command.ts'
import { emptyJsonResults } from './table/json-results.ts'
import { explainCommander, explainValue, isOnlyGroup } from './usage-errors.ts'

/** What is wrong with a line after commander has read it, and thrown. */
function mistakeOf(thrown: unknown, { mistakes: [mistake], argv }: Reading, program: Command): unknown {
  if (mistake !== undefined) return explainValue(mistake, program, argv)
  return thrown instanceof CommanderError ? explainCommander(thrown, program, argv) : thrown
}

/**
 * The objects that --json owes where a line has a mistake. Behind an unknown flag a word may be its value: there only what names a pipeline counts.
 * A word of a group that is none of its commands has no row that says what --json is; there it is taken for itself.
 */
function emptyResultsOf({ json, argv }: Reading, program: Command): JsonMembers[] {
  if (!json) {
    const end = argv.indexOf('--')
    const isTyped = argv.slice(0, end === -1 ? undefined : end).includes('--json')
    return isTyped && isOnlyGroup(program, argv) ? [{}] : []
  }
  const { row, command } = json
  const words = command.args.filter((word, at, all) => {
    const isBehindFlag = all[at - 1]?.startsWith('-') ?? false
    return !word.startsWith('-') && (!isBehindFlag || /^(#?\d+$|https?:)/i.test(word))
  })
  return emptyJsonResults(row, command.opts(), words)
}

/** Whether the command of a line with a mistake can start a pipeline: the one whose name it begins with, of a group none, else the default. */
function startsPipelines(argv: readonly string[]): boolean {
  const row = commandTable.find(({ name }) => name.split(' ').every((word, at) => argv[at] === word))
  if (row) return row.startsPipelines ?? false
  const isOther = argv[0] === 'help' || Object.hasOwn(groupTable, argv[0] ?? '')
  return !isOther && commandTable.some((each) => each.isDefault && each.startsPipelines)
}

/** What a line with a mistake means: its error, and the objects that --json owes all the same. `thrown` is what commander threw, if it did. */
export function mistakenLine(
  thrown: unknown,
  reading: Reading,
  program: Command,
  parse: (argv: readonly string[]) => Invocation,
): Invocation {
  const { argv } = reading
  const error = mistakeOf(thrown, reading, program)
  // Where a value is missing, its flag is the last word: with a value behind it the rest of the line can be read.
  const isCutShort = thrown instanceof CommanderError && thrown.code === 'commander.optionMissingArgument'
  const { emptyResults } = isCutShort
    ? parse([...argv, ''])
    : { emptyResults: emptyResultsOf(reading, program) }
  return { kind: 'mistake', error, emptyResults, startsPipelines: startsPipelines(argv) }
}
