import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { usageError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { explainCommander } from './usage-errors.ts'
import { nearest } from '../core/did-you-mean.ts'
import { kebabCase } from '../core/flag-name.ts'
import type { OptionRow } from '../options/option.ts'
import { commandTable, groupTable } from './table/index.ts'
import type { CommandRow, RunCommand, Typed } from './table/command.ts'
import { topics } from './topics.ts'

/**
 * What a command line means: a text to print, or a command to carry out. What was typed fits this command and no other, so that its flags can be
 * looked at nowhere else.
 */
export type Invocation =
  | { kind: 'text'; text: string }
  | { kind: 'command'; typed: Typed<never>; load: () => Promise<RunCommand<never>> }

/** A value that begins like a flag was most likely meant as one; `--ref=--x` says that it was not (T100). */
function refuseSwallowed(option: Option, value: string, argv: readonly string[]): void {
  const isApart = argv.some(
    (word, at) => (word === option.long || word === option.short) && argv[at + 1] === value,
  )
  if (isApart && /^-(-|[a-z]$)/i.test(value)) {
    throw new InvalidArgumentError(
      `a value is missing: "${value.split('=')[0] ?? ''}" looks like the next flag (if not, write ${option.long ?? ''}=...)`,
    )
  }
}

/** The options of a row, `--x` and `--no-x`, as commander takes them. */
function optionsOf(name: string, row: OptionRow, argv: readonly string[]): Option[] {
  const word = kebabCase(name)
  const options: Option[] = []
  if (row.help !== undefined) options.push(optionOf(word, row, argv))
  if (row.no !== undefined) options.push(new Option(`--no-${word}`, row.no))
  return options
}

function optionOf(word: string, row: OptionRow, argv: readonly string[]): Option {
  const placeholder = row.value ?? row.list
  const names = row.short === undefined ? `--${word}` : `-${row.short}, --${word}`
  const option = new Option(placeholder === undefined ? names : `${names} <${placeholder}>`, row.help)
  if (row.conflicts) option.conflicts([...row.conflicts])
  if (placeholder !== undefined) {
    option.argParser((value: string, previous: unknown) => {
      refuseSwallowed(option, value, argv)
      if (row.list !== undefined) return [...((previous as string[] | undefined) ?? []), value]
      // False is --no-x, which is refused with better words.
      if (previous !== undefined && previous !== false) throw new InvalidArgumentError('it is given twice')
      return value
    })
  }
  return option
}

/** Refuses `--x` beside `--no-x`: commander lets the last one win (T100). `typed` holds the flags' names. */
function refuseContradiction(typed: ReadonlySet<string>): void {
  for (const name of typed) {
    if (typed.has(`no-${name}`))
      throw usageError(`--${name} and --no-${name} exclude each other`, 'Give one of them.')
  }
}

/** Whether the flags of a command can be asked for: to make those of all commands would take as long as everything else before a trigger. */
function isMeant({ name, isDefault }: CommandRow, argv: readonly string[]): boolean {
  if (isDefault) return !['-h', '--help'].includes(argv[0] ?? '')
  return argv.includes(name.split(' ').at(-1) ?? name)
}

function subcommand(row: CommandRow, argv: readonly string[], done: (typed: Typed<never>) => void): Command {
  const command = new Command(row.name.split(' ').at(-1))
    .summary(row.summary)
    .description(`${row.summary.charAt(0).toUpperCase()}${row.summary.slice(1)}.`)
    .allowExcessArguments(false)
  if (row.arguments !== undefined) command.argument(row.arguments)
  const typedNames = new Set<string>()
  for (const { heading, rows } of isMeant(row, argv) ? Object.values(row.options) : []) {
    for (const [name, each] of Object.entries(rows)) {
      for (const option of optionsOf(name, each, argv)) {
        command.addOption(option.helpGroup(heading))
        command.on(`option:${option.name()}`, () => typedNames.add(option.name()))
      }
    }
  }
  command.addHelpText('after', `\nExamples:\n${row.examples.map((line) => `  ${line}\n`).join('')}`)
  command.action(() => {
    refuseContradiction(typedNames)
    const flags: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(command.opts())) {
      // Commander gives --no-color a default; flags hold only what was typed.
      if (command.getOptionValueSource(name) === 'cli') flags[name] = value
    }
    const near = nearest(
      command.args[0] ?? '',
      commandTable.map(({ name }) => name),
    )
    // The one place where flags get their type: commander was given the options that the command's row has.
    done({ flags: flags as never, words: command.args, ...(near !== undefined && { nearCommand: near }) })
  })
  return command
}

const mainHelp = `
Example:
  gitlab-trigger --server https://gitlab.example.com --project 9 --ref master \\
    --token-file ~/.trigger-token --var UPLOAD_TO_S3=true

The flags of the default command: gitlab-trigger run --help
Topics: gitlab-trigger help ${Object.keys(topics).join(' | ')}
`

/** Prints the help on a command or a topic. */
function helpOn(word: string, program: Command, write: (text: string) => void): void {
  const topic = Object.hasOwn(topics, word) ? topics[word] : undefined
  const command = program.commands.find((each) => each.name() === word)
  if (topic) {
    write(topic())
    return
  }
  if (command) {
    command.outputHelp()
    return
  }
  const names = [...Object.keys(topics), ...commandTable.map(({ name }) => name)]
  const near = nearest(word, names)
  throw usageError(
    `no help on that${near === undefined ? '' : `; did you mean "${near}"?`}`,
    `There is help on: ${names.join(', ')}.`,
  )
}

/**
 * What was typed, and nothing else: no defaults, no environment. Throws a usage error that names the flag and never shows what may be a
 * token. The only function that knows commander.
 */
export function parse(argv: readonly string[]): Invocation {
  let printed = ''
  let invocation: Invocation | undefined
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
    .addHelpText('after', mainHelp)
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
    const command = subcommand(row, argv, (typed) => {
      invocation = { kind: 'command', typed, load: row.load }
    })
    group.addCommand(quiet(command), { isDefault: row.isDefault ?? false })
  }
  const help = quiet(new Command('help')).summary('help on a command or a topic').argument('[topic]')
  help.action((word?: string) => {
    if (word === undefined) program.outputHelp()
    else helpOn(word, program, writeOut)
  })
  program.addCommand(help)
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw explainCommander(error, program, argv)
  }
  return invocation ?? { kind: 'text', text: printed }
}
