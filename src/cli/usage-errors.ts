import type { Command, CommanderError } from 'commander'
import { usageError } from '../core/errors.ts'
import { foreignFlag } from '../core/text/foreign-flag.ts'
import { quotedWord } from '../core/text/shown-word.ts'
import { commandFor, flagFor } from './synonyms.ts'
import { commandTable } from './table/index.ts'

/**
 * The first word that looks like a flag but is none of the command's, or that gives a value to one that takes none. Only the part
 * before `=` is shown, the rest may be a secret.
 */
function explainUnknown(program: Command, argv: readonly string[]): Error {
  const [typed] = typedCommands(program, argv).reverse()
  const command = typed ?? program.commands.find((each) => each.name() === 'run')
  const options = [...(command?.options ?? []), ...(typed ? [] : program.options)]
  const known = options.flatMap(({ short, long }) => [short, long].filter((each) => each !== undefined))
  known.push('--help')
  for (const word of argv) {
    const shown = word.startsWith('--') ? (word.split('=')[0] ?? '') : word.slice(0, 2)
    const option = options.find(({ short, long }) => shown === short || shown === long)
    if (option && !option.required && word.startsWith('--') && word.includes('=')) {
      return usageError(`${shown} takes no value`, `Write ${shown} alone.`)
    }
    if (/^-./.test(word) && !option) return unknownFlag(shown, known, typedName(program, argv))
  }
  return unknownFlag('', known, typedName(program, argv))
}

function unknownFlag(shown: string, known: readonly string[], command: string): Error {
  const near = flagFor(shown, known)
  return usageError(
    `unknown flag ${shown}${near === undefined ? '' : `; did you mean ${near}?`}`,
    near !== undefined && /^--(api-)?token/.test(near)
      ? 'Safer than on the command line: --token-file PATH.'
      : `gitlab-trigger ${command} --help lists the flags.`,
  )
}

/** The command that was typed, after the groups that lead to it; none for the default one. */
function typedCommands(program: Command, argv: readonly string[]): Command[] {
  const found: Command[] = []
  for (const word of argv) {
    const next = (found.at(-1) ?? program).commands.find((each) => each.name() === word)
    if (!next) break
    found.push(next)
  }
  return found
}

/** The same as its words: `config show`. */
function typedName(program: Command, argv: readonly string[]): string {
  const names = typedCommands(program, argv).map((each) => each.name())
  return names.length === 0 ? 'run' : names.join(' ')
}

/** Whether a group of commands was typed, and none of its commands. */
export function isOnlyGroup(program: Command, argv: readonly string[]): boolean {
  return (typedCommands(program, argv).at(-1)?.commands.length ?? 0) > 0
}

/** A word that no command takes: most likely a command mistyped, or a variable without its flag. */
function tooMuch(program: Command, argv: readonly string[], help: string): Error {
  const typed = typedCommands(program, argv)
  const path = typed.map((each) => each.name())
  const group = path.join(' ')
  const isOfCommand = commandTable.some(({ name }) => name === group)
  // The word of a group stands right behind it (command-first.ts): a later one is the value of a flag.
  const place = argv.slice(path.length, isOnlyGroup(program, argv) ? path.length + 1 : undefined)
  const word = place.find((each) => !each.startsWith('-')) ?? ''
  if (isOnlyGroup(program, argv) && word === '') {
    return usageError(`a command is missing after "${group}"`, `${help} lists the commands.`)
  }
  if (isOfCommand) {
    const { args = [], registeredArguments = [] } = typed.at(-1) ?? {}
    const extra = args[registeredArguments.length] ?? ''
    return usageError(`unexpected argument${quotedWord(extra)}`, `See ${help}`)
  }
  return unknownCommand(
    word,
    group,
    group === '' ? 'gitlab-trigger --help lists the commands.' : `See ${help}`,
  )
}

/** The error for a word in the place of a command, behind the group of commands that was typed. */
export function unknownCommand(word: string, group: string, hint: string): Error {
  const assigned = /^([A-Za-z_]\w*)=(.*)$/s.exec(word)
  if (assigned && group === '') {
    const [, key = '', value = ''] = assigned
    const shown = `${key}=${value.length < shortestSecret ? value : '...'}`
    return usageError(`"${shown}" is not a command; did you mean --var ${shown}?`, hint)
  }
  if (group === '' && isCommand(word)) return foreignFlag(word)
  const near = commandFor(`${group} ${word}`.trim())
  const suggestion = near === undefined ? '' : `; did you mean "${near}"?`
  return usageError(`unknown command${quotedWord(word)}${suggestion}`, hint)
}

const isCommand = (word: string): boolean =>
  word === 'help' || commandTable.some(({ name }) => name.split(' ')[0] === word)

/** A shorter value is no secret. */
const shortestSecret = 6

/** A value that is wrong by itself, as a usage error: `--ref is given twice`. */
export function explainValue(mistake: string, program: Command, argv: readonly string[]): Error {
  return usageError(mistake, `See gitlab-trigger ${typedName(program, argv)} --help`)
}

/** What to give for an argument, and where it comes from; `HELP` is the help of the command. */
const argumentHints: Readonly<Record<string, string>> = {
  pipeline: 'Give its id (4711), or the URL of its page. To list the recent ones: gitlab-trigger pipelines',
  plan: 'Name a file: gitlab-trigger batch PLAN.yml; or give - to read standard input. See HELP',
  shell: 'Give bash, zsh or fish. See HELP',
  number: 'To list the schedules with their numbers: gitlab-trigger schedule gitlab list',
  id: 'To list the tokens with their ids: gitlab-trigger tokens list',
  key: 'Give a key such as servers.work.url. To list what is set: gitlab-trigger config list',
  value: 'Give the value after the key. See HELP',
  server: 'Give the name of a server of the config. To list them: gitlab-trigger config list',
}

/** An argument that is missing. */
function missing(argument: string, help: string): Error {
  const hint = (argumentHints[argument] ?? 'See HELP').replace('HELP', help)
  return usageError(`<${argument}> is missing`, hint)
}

/** A mistake that commander found, as a usage error in our words. Never shows a value: it may be a token (docs/guarantees.md#T41, #T42). */
export function explainCommander(error: CommanderError, program: Command, argv: readonly string[]): Error {
  const help = `gitlab-trigger ${typedName(program, argv)} --help`
  switch (error.code) {
    case 'commander.unknownOption':
      // Where the command of a group is missing or mistyped, commander finds the flags first.
      return isOnlyGroup(program, argv) ? tooMuch(program, argv, help) : explainUnknown(program, argv)
    case 'commander.excessArguments':
    case 'commander.unknownCommand':
      return tooMuch(program, argv, help)
    case 'commander.missingArgument':
      return missing(/'(.*)'/.exec(error.message)?.[1] ?? '', help)
    default:
      return usageError(optionMistake(error), `See ${help}`)
  }
}

/** Commander's own words for an option that misses its value or excludes another, without the value itself. */
function optionMistake({ message, code }: CommanderError): string {
  const nameOf = (text: string): string => text.replace(/ <.*$/, '').replace(/^-\w, /, '')
  const [first = 'a flag', second = ''] = [...message.matchAll(/option '([^']*)'/g)].map(([, text = '']) =>
    nameOf(text),
  )
  if (code === 'commander.optionMissingArgument') return `${first}: a value is missing`
  if (code === 'commander.conflictingOption') return `${first} and ${second} cannot be used together`
  return `${first}: it is not valid`
}
