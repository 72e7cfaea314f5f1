import { flagName, kebabCase } from '../core/flag-name.ts'
import type { CommandRow } from './table/command.ts'
import { commandTable, groupTable } from './table/index.ts'

/** The flags of commands that take a value, by the words that they are typed as; false for those that take none. */
function flagsOf(commands: readonly CommandRow[]): Map<string, boolean> {
  const flags = new Map([
    ['--help', false],
    ['-h', false],
    // Every command takes it, also where its row has it not (subcommand.ts).
    ['--no-color', false],
  ])
  const rows = commands.flatMap(({ options }) =>
    Object.values(options).flatMap((group) => Object.entries(group.rows)),
  )
  for (const [name, row] of rows) {
    const takesValue = (row.value ?? row.list) !== undefined
    flags.set(flagName(name), takesValue)
    if (row.short !== undefined) flags.set(`-${row.short}`, takesValue)
    if (row.no !== undefined) flags.set(`--no-${kebabCase(name)}`, false)
  }
  return flags
}

/** How many of the first words are flags, each with its value. */
function countOfFlags(words: readonly string[], flags: ReadonlyMap<string, boolean>): number {
  let at = 0
  while (/^-./.test(words[at] ?? '')) {
    const word = words[at] ?? ''
    const takesValue = flags.get(word.split('=')[0] ?? '') ?? flags.get(word.slice(0, 2))
    if (takesValue === undefined) break
    at += takesValue && flags.has(word) ? 2 : 1
  }
  return at
}

/** The line with a command or a group first, and the flags that stood before it or between its words behind it; undefined where that is not what was typed. */
function withFirst(
  name: string,
  argv: readonly string[],
  commands: readonly CommandRow[],
): readonly string[] | undefined {
  const names = name.split(' ')
  if (!names.every((each) => argv.includes(each))) return undefined
  const flags = flagsOf(commands)
  const moved: string[] = []
  let rest = argv
  for (const each of names) {
    const count = countOfFlags(rest, flags)
    if (rest[count] !== each) return undefined
    moved.push(...rest.slice(0, count))
    rest = rest.slice(count + 1)
  }
  return [...names, ...moved, ...rest]
}

/**
 * The line of a group with its next word behind it and then the flags: `tokens lsit -p 9`, as what answers a wrong word
 * expects it. Without `--no-color`, which only commands know; main.ts reads it from what was typed.
 */
function groupFirst(name: string, argv: readonly string[]): readonly string[] | undefined {
  const commands = commandTable.filter((row) => row.name.startsWith(`${name} `))
  const line = withFirst(name, argv, commands)?.filter((word) => word !== '--no-color')
  if (!line) return undefined
  const length = name.split(' ').length
  const count = countOfFlags(line.slice(length), flagsOf(commands))
  const [word, ...behind] = line.slice(length + count)
  if (word === undefined || word.startsWith('-')) return line
  return [...line.slice(0, length), word, ...line.slice(length, length + count), ...behind]
}

/**
 * A line with its command first: people write flags before it and between its words, as with git and docker. Where no
 * command and no group of commands stands behind flags of its own, the line stays as it is.
 */
export function commandFirst(argv: readonly string[]): readonly string[] {
  for (const row of commandTable) {
    const line = withFirst(row.name, argv, [row])
    if (line) return line
  }
  // The innermost group knows the most of its commands.
  const groups = Object.keys(groupTable).sort((one, other) => other.length - one.length)
  for (const name of groups) {
    const line = groupFirst(name, argv)
    if (line) return line
  }
  return argv
}
