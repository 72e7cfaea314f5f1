import { Command, CommanderError } from 'commander'
import { version } from '../core/version.ts'
import { commandFirst } from './command-first.ts'
import { commandWords } from './command-words.ts'
import { mainHelpLook } from './help/command-help.ts'
import { mainHelp } from './help/main-help.ts'
import { helpOn } from './help-text.ts'
import type { Invocation, Reading } from './invocation.ts'
import { takeJsonFields } from './json-fields.ts'
import { mistakenLine } from './mistaken-line.ts'
import { subcommand } from './subcommand.ts'
import type { CommandRow } from './table/command.ts'
import { commandTable, groupTable } from './table/index.ts'
import { runRows } from './table/run.ts'

/**
 * What was typed with the command first, and behind `help` each word for itself. `--no-pager` and `--no-color` of a help
 * text are read in main.ts; `tokens help` is `help tokens`.
 */
function wordsOf(typed: readonly string[]): readonly string[] {
  const others = typed.filter((word) => word !== '--no-pager' && word !== '--no-color')
  const at = others.indexOf('help')
  const isHelp = at === 0 || (at > 0 && Object.hasOwn(groupTable, others.slice(0, at).join(' ')))
  if (isHelp) return ['help', ...others.toSpliced(at, 1).flatMap((word) => word.split(' '))]
  const words = others.some((word) => helpFlags.includes(word)) ? others : typed
  const [first = ''] = words
  if (first === 'run' || !words.some((word) => firstWords.has(word))) return words
  const isOutOfOrder = /^-./.test(first) || Object.hasOwn(groupTable, first)
  return isOutOfOrder ? commandFirst(words) : words
}

/** The words with which commands begin. */
const firstWords = new Set(commandWords)

const helpFlags = ['--help', '-h']

/** The commands that a line is first read for: the default one, or those that begin with its first word; undefined where help is asked for. */
function rowsMeant(argv: readonly string[]): readonly CommandRow[] | undefined {
  if (argv[0] === 'help' || argv.some((word) => helpFlags.includes(word))) return undefined
  if (!argv.some((word) => word !== 'run' && firstWords.has(word))) return runRows
  return commandTable.filter(({ name }) => name.split(' ', 1)[0] === argv[0])
}

/**
 * What was typed, and nothing else: no defaults, no environment. The error of a mistake names the flag and never shows what may be a token.
 */
export function parse(
  typed: readonly string[],
  withHome: (path: string) => string = (path) => path,
  helpWidth = () => 80,
): Invocation {
  const { argv, fields } = typed.some((word) => word.startsWith('--json='))
    ? takeJsonFields(wordsOf(typed))
    : { argv: wordsOf(typed) }
  const read = (rows: readonly CommandRow[], help?: Reading['help']): Line =>
    readLine(rows, { argv, withHome, mistakes: [], ...(help && { help }) })
  const rows = rowsMeant(argv)
  const meant = rows && read(rows)
  // A help to print, and what a mistake comes close to, is only known to all rows.
  const line =
    meant?.isFine && meant.reading.invocation
      ? meant
      : read(commandTable, { width: helpWidth(), isShort: isShortHelp(argv) })
  const { isFine, reading, printed: text } = line
  const chosen = fields && reading.json && { chosen: { name: reading.json.row.name, fields } }
  if (!isFine) return { ...mistakenLine(line.thrown, reading, line.program, parse), ...chosen }
  return {
    ...(reading.invocation ?? { kind: 'text', text, emptyResults: [], startsPipelines: false }),
    ...chosen,
  }
}

/** Whether `-h` was typed, and nothing that wants more. */
const isShortHelp = (argv: readonly string[]): boolean =>
  argv[0] !== 'help' && argv.includes('-h') && !argv.includes('--help')

/** A line after commander has read it. */
interface Line {
  reading: Reading
  program: Command
  /** What commander has printed, and thrown. */
  printed: string
  thrown: unknown
  isFine: boolean
}

/** Reads a line for the commands of these rows. The only function that knows commander. */
function readLine(rows: readonly CommandRow[], reading: Reading): Line {
  const { argv, help: look } = reading
  const width = look?.width ?? 80
  let printed = ''
  const writeOut = (text: string): void => {
    printed += text
  }
  const quiet = (command: Command): Command =>
    command.exitOverride().configureOutput({
      writeOut,
      writeErr: () => undefined,
      getOutHelpWidth: () => width,
    })
  const program = quiet(new Command('gitlab-trigger'))
    .description('Starts a GitLab CI pipeline exactly once, and reports reliably what happened.')
    .version(version, '-V, --version', 'print the version; with --verbose what a bug report needs')
    .addHelpText('after', () => (look?.isShort ? '' : mainHelp))
    .helpCommand(false)
  if (look) program.configureHelp(mainHelpLook(look))
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
  for (const row of rows) {
    const group = groupOf(row.name.split(' ').slice(0, -1))
    // The commands of a group are made only if the group was typed: making all of them is slow.
    if (group !== program && !argv.includes(row.name.split(' ')[0] ?? '')) continue
    group.addCommand(quiet(subcommand(row, reading)), { isDefault: row.isDefault ?? false })
  }
  const help = quiet(new Command('help')).summary('help on a command or a topic').argument('[topic...]')
  help.action((words: string[]) => {
    helpOn(words, program, writeOut, width)
  })
  program.addCommand(help)
  let thrown: unknown
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    thrown = error
  }
  const isEnd = thrown === undefined || (thrown instanceof CommanderError && thrown.exitCode === 0)
  return { reading, program, printed, thrown, isFine: isEnd && reading.mistakes.length === 0 }
}
