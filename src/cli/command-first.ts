import { flagName, kebabCase } from '../core/flag-name.ts'
import type { CommandRow } from './table/command.ts'
import { commandTable } from './table/index.ts'

/** The flags of a command that take a value, by the words that they are typed as; false for those that take none. */
function flagsOf({ options }: CommandRow): Map<string, boolean> {
  const flags = new Map([
    ['--help', false],
    ['-h', false],
    // Every command takes it, also where its row has it not (subcommand.ts).
    ['--no-color', false],
  ])
  for (const { rows } of Object.values(options)) {
    for (const [name, row] of Object.entries(rows)) {
      const takesValue = (row.value ?? row.list) !== undefined
      flags.set(flagName(name), takesValue)
      if (row.short !== undefined) flags.set(`-${row.short}`, takesValue)
      if (row.no !== undefined) flags.set(`--no-${kebabCase(name)}`, false)
    }
  }
  return flags
}

/** Whether words are flags of a command, each with its value, and nothing else. */
function areFlags(words: readonly string[], row: CommandRow): boolean {
  const flags = flagsOf(row)
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const takesValue = flags.get(word.split('=')[0] ?? '') ?? flags.get(word.slice(0, 2))
    if (!/^-./.test(word) || takesValue === undefined) return false
    const isApart = flags.has(word)
    if (takesValue && isApart) at += 1
    if (takesValue && isApart && at >= words.length) return false
  }
  return true
}

/**
 * A line with its command first: people write flags before it, as with git and docker. Where no command stands behind
 * flags of its own, the line stays as it is.
 */
export function commandFirst(argv: readonly string[]): readonly string[] {
  if (!/^-./.test(argv[0] ?? '')) return argv
  for (const [at, word] of argv.entries()) {
    if (word === '--') return argv
    const row = commandTable.find(({ name }) =>
      name.split(' ').every((each, next) => argv[at + next] === each),
    )
    if (at === 0 || word !== row?.name.split(' ')[0]) continue
    const length = row.name.split(' ').length
    if (!areFlags(argv.slice(0, at), row)) continue
    return [...argv.slice(at, at + length), ...argv.slice(0, at), ...argv.slice(at + length)]
  }
  return argv
}
