import { Command, CommanderError } from 'commander'
import { version } from '../core/version.ts'
import { explainCommander, explainValue, isOnlyGroup } from './usage-errors.ts'
import { commandFirst } from './command-first.ts'
import { helpOn, mainHelp } from './help-text.ts'
import type { Invocation, Reading } from './invocation.ts'
import { takeJsonFields } from './json-fields.ts'
import { subcommand } from './subcommand.ts'
import { commandTable, groupTable } from './table/index.ts'
import type { JsonMembers } from './table/command.ts'
import { emptyJsonResults } from './table/json-results.ts'

/** What is wrong with a line after commander has read it, and thrown; undefined where nothing is. */
function mistakeOf(thrown: unknown, { mistakes: [mistake], argv }: Reading, program: Command): unknown {
  if (mistake !== undefined) return explainValue(mistake, program, argv)
  if (!(thrown instanceof CommanderError)) return thrown
  return thrown.exitCode === 0 ? undefined : explainCommander(thrown, program, argv)
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

/** What was typed with the command first, and behind `help` each word for itself. */
function wordsOf(typed: readonly string[]): readonly string[] {
  if (typed[0] === 'help') return typed.flatMap((word) => word.split(' '))
  const mayNameCommand = typed[0]?.startsWith('-') && typed.some((word) => firstWords.has(word))
  return mayNameCommand ? commandFirst(typed) : typed
}

/** The words with which commands begin. */
const firstWords = new Set(commandTable.map(({ name }) => name.split(' ')[0] ?? ''))

/**
 * What was typed, and nothing else: no defaults, no environment. The error of a mistake names the flag and never shows what may be a token. The only
 * function that knows commander.
 */
export function parse(
  typed: readonly string[],
  withHome: (path: string) => string = (path) => path,
): Invocation {
  const { argv, fields } = typed.some((word) => word.startsWith('--json='))
    ? takeJsonFields(wordsOf(typed))
    : { argv: wordsOf(typed) }
  let printed = ''
  const reading: Reading = { argv, withHome, mistakes: [] }
  const writeOut = (text: string): void => {
    printed += text
  }
  const quiet = (command: Command): Command =>
    command.exitOverride().configureOutput({
      writeOut,
      writeErr: () => undefined,
      getOutHelpWidth: () => 100,
    })
  const program = quiet(new Command('gitlab-trigger'))
    .description(
      'Starts GitLab CI builds through the trigger API: one POST, at most one build, and the truth about it.',
    )
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', () => mainHelp())
    .helpCommand(false)
  const groupOf = (words: readonly string[]): Command => {
    const name = words.at(-1)
    if (name === undefined) return program
    const parent = groupOf(words.slice(0, -1))
    const existing = parent.commands.find((each) => each.name() === name)
    if (existing) return existing
    const group = quiet(new Command(name))
      .summary(groupTable[words.join(' ')] ?? '')
      .helpCommand(false)
    group.action(() => {
      group.outputHelp()
    })
    parent.addCommand(group)
    return group
  }
  for (const row of commandTable) {
    const group = groupOf(row.name.split(' ').slice(0, -1))
    // What is in a group is only wanted where the group is: the commands of all would be slow to make.
    if (group !== program && !argv.includes(row.name.split(' ')[0] ?? '')) continue
    group.addCommand(quiet(subcommand(row, reading)), { isDefault: row.isDefault ?? false })
  }
  const help = quiet(new Command('help')).summary('help on a command or a topic').argument('[topic...]')
  help.action((words: string[]) => {
    helpOn(words, program, writeOut)
  })
  program.addCommand(help)
  let thrown: unknown
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    thrown = error
  }
  const error = mistakeOf(thrown, reading, program)
  const text = { kind: 'text', text: printed, emptyResults: [], startsPipelines: false } as const
  const chosen = fields && reading.json && { chosen: { name: reading.json.row.name, fields } }
  if (error === undefined) return { ...(reading.invocation ?? text), ...chosen }
  // Where a value is missing, its flag is the last word: with a value behind it the rest of the line can be read.
  const isCutShort = thrown instanceof CommanderError && thrown.code === 'commander.optionMissingArgument'
  const { emptyResults } = isCutShort
    ? parse([...argv, ''])
    : { emptyResults: emptyResultsOf(reading, program) }
  return { kind: 'mistake', error, emptyResults, startsPipelines: startsPipelines(argv), ...chosen }
}
