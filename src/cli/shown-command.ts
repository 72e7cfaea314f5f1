import { mask } from '../secret.ts'
import { shellQuote } from '../shell-quote.ts'
import { commandTable } from './table.ts'

/** A word that is no flag and no command is shown up to this length: GitLab's tokens are longer, names of recipes are not. */
const longestName = 19

const withoutUser = (text: string): string =>
  text.replace(/\/\/[^/@]*@/, `//${mask}@`).replace(/[?#].*$/s, (rest) => `${rest.charAt(0)}${mask}`)

const keyOnly = (text: string): string => text.replace(/=.*$/s, `=${mask}`)

/** Values that are not shown as they are, by their flag: what may be secret, or holds a password. */
const shownAs: Readonly<Record<string, (value: string) => string>> = {
  '--token': () => mask,
  '--var': keyOnly,
  '--input': keyOnly,
  '--input-json': keyOnly,
  '--server': withoutUser,
  '--proxy': withoutUser,
  // The address of a monitor is often its password.
  '--heartbeat': (value) => (URL.canParse(value) ? `${new URL(value).origin}/${mask}` : mask),
}

interface Flag {
  long: string
  takesValue: boolean
}

function flagsOf(): Map<string, Flag> {
  const known = new Map<string, Flag>()
  for (const { flags } of commandTable.flatMap(({ options }) => options.flatMap(({ rows }) => rows))) {
    const long = /--[\w-]+/.exec(flags)?.[0] ?? ''
    const flag = { long, takesValue: flags.includes('<') }
    for (const name of flags.match(/(?<![\w-])--?[\w-]+/g) ?? []) known.set(name, flag)
  }
  return known
}

function shownValue({ long }: Flag, value: string): string {
  return shownAs[long]?.(value) ?? value
}

function shownWord(word: string, names: ReadonlySet<string>): string {
  if (names.has(word)) return word
  if (/^https?:\/\//.test(word)) return withoutUser(word)
  return word.length > longestName ? mask : word
}

/** A command line as it was typed, for a message that may be mailed: without tokens, passwords and the values of variables. */
export function shownCommand(argv: readonly string[]): string {
  const known = flagsOf()
  const names = new Set(commandTable.flatMap(({ name }) => name.split(' ')))
  const shown: string[] = []
  let owing: Flag | 'unknown' | undefined
  for (const word of argv) {
    const [, name = word, value] = /^(--[^=]*)=(.*)$/s.exec(word) ?? []
    const short = /^-[^-]./.test(word) ? known.get(word.slice(0, 2)) : undefined
    const flag = known.get(name)
    if (owing !== undefined && owing !== 'unknown') {
      shown.push(shownValue(owing, word))
      owing = undefined
    } else if (flag && value !== undefined) shown.push(`${name}=${shownValue(flag, value)}`)
    else if (flag) {
      shown.push(name)
      owing = flag.takesValue ? flag : undefined
    } else if (short?.takesValue) shown.push(`${word.slice(0, 2)}${shownValue(short, word.slice(2))}`)
    else if (word.startsWith('-') && word !== '-') {
      shown.push(value === undefined ? word.slice(0, longestName) : `${name}=${mask}`)
      owing = 'unknown'
    } else {
      shown.push(owing === 'unknown' ? mask : shownWord(word, names))
      owing = undefined
    }
  }
  return ['gitlab-trigger', ...shown].map((word) => (word.includes(mask) ? word : shellQuote(word))).join(' ')
}
