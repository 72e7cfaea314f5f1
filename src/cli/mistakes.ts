import type { Command, CommanderError } from 'commander'
import { usageError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { commandTable } from './table.ts'

/**
 * The first word that looks like a flag but is none of the command's, or that gives a value to one that takes none. Only the part
 * before `=` is shown, the rest may be a secret.
 */
function explainUnknown(program: Command, argv: readonly string[]): Error {
  const name = argv.find((word) => program.commands.some((command) => command.name() === word))
  const command = program.commands.find((each) => each.name() === (name ?? 'run'))
  const options = command?.options ?? []
  const known = options.flatMap(({ short, long }) => [short, long].filter((each) => each !== undefined))
  for (const word of argv) {
    const shown = word.startsWith('--') ? (word.split('=')[0] ?? '') : word.slice(0, 2)
    const option = options.find(({ short, long }) => shown === short || shown === long)
    if (option && !option.required && word.startsWith('--') && word.includes('=')) {
      return usageError(`${shown} takes no value`, `Write ${shown} alone.`)
    }
    if (/^-./.test(word) && !option) return unknownFlag(shown, known)
  }
  return unknownFlag('', known)
}

function unknownFlag(shown: string, known: readonly string[]): Error {
  const near = nearest(shown, known)
  return usageError(
    `unknown flag ${shown}${near === undefined ? '' : `; did you mean ${near}?`}`,
    near?.includes('token') === true
      ? 'Safer than on the command line: --token-file PATH.'
      : 'gitlab-trigger run --help lists the flags.',
  )
}

function explainExcess(words: readonly string[]): Error {
  const word = words[0] ?? ''
  const near = nearest(word, [...commandTable.map(({ name }) => name), 'help'])
  return usageError(
    near === undefined
      ? 'a word too much: this command takes flags only'
      : `unknown command; did you mean "${near}"?`,
    'gitlab-trigger --help lists the commands.',
  )
}

/** A mistake that commander found, as a usage error in our words. Never shows a value: it may be a token (T41, T42). */
export function explainCommander(error: CommanderError, program: Command, argv: readonly string[]): Error {
  if (error.code === 'commander.unknownOption') return explainUnknown(program, argv)
  if (error.code === 'commander.excessArguments') {
    const run = program.commands.find((each) => each.args.length > 0)
    return explainExcess(run?.args ?? [])
  }
  return usageError(shortMessage(error), 'gitlab-trigger run --help lists the flags.')
}

/** Commander's own words for an option that misses its value or was refused, without the value itself. */
function shortMessage({ message, code }: CommanderError): string {
  const name =
    /option '([^']*)'/
      .exec(message)?.[1]
      ?.replace(/ <.*$/, '')
      .replace(/^-\w, /, '') ?? 'a flag'
  if (code === 'commander.optionMissingArgument') return `${name}: a value is missing`
  if (code === 'commander.conflictingOption') {
    const [first = '', second = ''] = [...message.matchAll(/option '([^']*)'/g)].map((match) =>
      (match[1] ?? '').replace(/^-\w, /, ''),
    )
    return `${first} and ${second} exclude each other`
  }
  if (code === 'commander.invalidArgument')
    return `${name}: ${/is invalid\. (.*)$/s.exec(message)?.[1] ?? 'not valid'}`
  return message.replace(/^error: /, '')
}
