import { Command, Option } from 'commander'
import { usageError } from '../core/errors.ts'
import { flagName, kebabCase } from '../core/flag-name.ts'
import { quotedWord } from '../core/text/shown-word.ts'
import type { OptionRow } from '../options/option.ts'
import { commandHelp } from './help/command-help.ts'
import { helpAfter } from './help-text.ts'
import type { Reading } from './invocation.ts'
import type { CommandRow } from './table/command.ts'
import { commandFor } from './synonyms.ts'
import { emptyJsonResults } from './table/json-results.ts'
import { unknownCommand } from './usage-errors.ts'

/** Why a value was most likely meant as a flag, '' if it was not; `--ref=--x` says that it was not (docs/guarantees.md#T100). */
function swallowedFlag(option: Option, value: string, argv: readonly string[]): string {
  const isApart = argv.some(
    (word, at) => (word === option.long || word === option.short) && argv[at + 1] === value,
  )
  if (!isApart || !/^-(-|[a-z]$)/i.test(value)) return ''
  return `a value is missing: "${value.split('=')[0] ?? ''}" looks like the next flag (if not, write ${option.long ?? ''}=...)`
}

/** The options of a row, `--x` and `--no-x`, as commander takes them. */
function optionsOf(name: string, row: OptionRow, reading: Reading, isOfSeveral: boolean): Option[] {
  const word = kebabCase(name)
  const options: Option[] = []
  if (row.help !== undefined) options.push(optionOf(word, row, reading, isOfSeveral))
  if (row.no !== undefined) options.push(new Option(`--no-${word}`, row.no))
  if (row.isUnlisted) for (const option of options) option.hideHelp()
  return options
}

/** What is wrong with a flag that was given twice. Values that may be tokens are not repeated. */
function givenTwice(word: string, first: string, second: string): string {
  const values = [...new Set([first, second])].map((value) => quotedWord(value).trim())
  return `--${word} is given twice${values.includes('') ? '' : `, as ${values.join(' and ')}`}`
}

/** One flag. What is wrong with its value is only noted, since the rest of the line, which may hold --json, is to be read too. */
function optionOf(word: string, row: OptionRow, reading: Reading, isOfSeveral: boolean): Option {
  const { argv, mistakes, withHome } = reading
  const placeholder = row.value ?? row.list
  const names = row.short === undefined ? `--${word}` : `-${row.short}, --${word}`
  const option = new Option(placeholder === undefined ? names : `${names} <${placeholder}>`, row.help)
  if (row.conflicts) option.conflicts([...row.conflicts])
  if (placeholder !== undefined) {
    const isPath = /\b(path|file|folder)$/.test(placeholder)
    option.argParser((typed: string, previous: unknown) => {
      const value = isPath ? withHome(typed) : typed
      const swallowed = swallowedFlag(option, value, argv)
      if ('writes' in row && value === '-')
        mistakes.push(
          `--${word}: "-" is not a file to write, and standard output is not one (./- is a file of that name)`,
        )
      if (swallowed !== '') mistakes.push(`--${word}: ${swallowed}`)
      if (row.list !== undefined) return [...((previous as string[] | undefined) ?? []), value]
      // False is --no-x, which is refused with better words.
      if (previous === undefined || previous === false) return value
      const further = reading.further?.[word] ?? []
      if (isOfSeveral && value !== previous && !further.includes(value))
        reading.further = { ...reading.further, [word]: [...further, value] }
      else mistakes.push(givenTwice(word, previous as string, value))
      return previous
    })
  }
  return option
}

/** Refuses `--x` together with `--no-x`: commander lets the last one win (docs/guarantees.md#T100). `typed` holds the flags' names. */
function refuseContradiction(typed: ReadonlySet<string>): void {
  for (const name of typed) {
    if (typed.has(`no-${name}`))
      throw usageError(`--${name} and --no-${name} cannot be used together`, 'Give one of them.')
  }
}

/** Whether the flags of a command can be asked for: to make those of all commands would take as long as everything else before a trigger. */
function isMeant({ name, isDefault }: CommandRow, argv: readonly string[]): boolean {
  if (isDefault) return !['-h', '--help'].includes(argv[0] ?? '')
  return argv.includes(name.split(' ').at(-1) ?? name)
}

/** What flags name to be written, by the flag. */
const writtenFiles = (
  { options }: CommandRow,
  flags: Readonly<Record<string, unknown>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.values(options)
      .flatMap(({ rows }) => Object.entries(rows))
      .flatMap(([name, row]) =>
        'writes' in row && typeof flags[name] === 'string' ? [[flagName(name), flags[name]]] : [],
      ),
  )

/** The command of a row, as commander takes it. When it is read, what was typed is put into `reading`. */
export function subcommand(row: CommandRow, reading: Reading): Command {
  const { argv } = reading
  const command = new Command(row.name.split(' ').at(-1))
    .summary(row.summary)
    .description(`${row.summary.charAt(0).toUpperCase()}${row.summary.slice(1)}.`)
    .allowExcessArguments(false)
  if (row.arguments !== undefined) command.arguments(row.arguments)
  const typedNames = new Set<string>()
  for (const { heading, rows } of isMeant(row, argv) ? Object.values(row.options) : []) {
    for (const [name, each] of Object.entries(rows)) {
      for (const option of optionsOf(name, each, reading, row.several?.includes(name) ?? false)) {
        command.addOption(option.helpGroup(heading))
        command.on(`option:${option.name()}`, () => typedNames.add(option.name()))
      }
    }
  }
  // What prints no colours keeps to it anyway: a script types it to every command.
  const hasColors = Object.values(row.options).some(({ rows }) => Object.hasOwn(rows, 'color'))
  if (!hasColors) command.addOption(new Option('--no-color').hideHelp())
  command.on('option:json', () => (reading.json = { row, command }))
  if (reading.help) command.configureHelp(commandHelp(row, reading.help))
  command.addHelpText('after', () => (reading.help?.isShort ? '' : helpAfter(row)))
  command.action(() => {
    if (reading.mistakes.length > 0) return
    refuseContradiction(typedNames)
    const flags: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(command.opts())) {
      // Commander gives --no-color a default; flags hold only what was typed.
      if (command.getOptionValueSource(name) !== 'cli') continue
      if (name !== 'color' || hasColors) flags[name] = value
    }
    // A shell leaves `~/` in quotes there, too.
    const words = /path|plan/.test(row.arguments ?? '') ? command.args.map(reading.withHome) : command.args
    const [word = ''] = words
    // A word behind no command: a recipe, or a command mistyped.
    const isBare = row.isDefault && argv[0] !== row.name && words.length > 0
    if (isBare && word.includes('=')) throw unknownCommand(word, '', 'See gitlab-trigger run --help')
    const nearest = isBare ? (commandFor(word) ?? '') : undefined
    // Behind `--` no word is a command, whatever it is called.
    const near = nearest === word && argv.includes('--') ? undefined : nearest
    reading.invocation = {
      kind: 'command',
      // The one place where flags get their type: commander was given the options that the command's row has.
      typed: {
        flags: flags as never,
        words,
        ...(near !== undefined && { nearCommand: near }),
        ...(reading.further && { further: reading.further }),
      },
      writes: writtenFiles(row, flags),
      load: row.load,
      startsPipelines: row.startsPipelines ?? false,
      emptyResults: reading.json ? emptyJsonResults(row, flags, words) : [],
    }
  })
  return command
}
