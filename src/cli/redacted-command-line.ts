import { shownProxy } from '../config/server/proxy-address.ts'
import { flagName, kebabCase } from '../core/flag-name.ts'
import { mask } from '../core/secret.ts'
import { shellQuote } from '../core/text/shell-quote.ts'
import { isShowable } from '../core/text/shown-word.ts'
import { commandTable } from './table/index.ts'

/** A word that is no flag and no command is shown up to this length: GitLab's tokens are longer, names of recipes and servers are not. */
const longestName = 19

/** Where a user name may hold a mark of its own, or stand behind one, nothing of the address is shown. */
const withoutUser = (text: string): string =>
  /[?#].*@/s.test(text)
    ? text.replace(/\/\/.*$/s, `//${mask}`)
    : text.replace(/\/\/.*@/s, `//${mask}@`).replace(/[?#].*$/s, (rest) => `${rest.charAt(0)}${mask}`)

const keyOnly = (text: string): string => text.replace(/=.*$/s, `=${mask}`)

/** The address of a monitor is often its password. */
const originOnly = (text: string): string => (URL.canParse(text) ? `${new URL(text).origin}/${mask}` : mask)

/** Values that are not shown as they are, by their flag: what may be secret, or holds a password. */
const shownAs: Readonly<Record<string, (value: string) => string>> = {
  '--token': () => mask,
  '--var': keyOnly,
  '--input': keyOnly,
  '--input-json': keyOnly,
  '--server': withoutUser,
  '--project': withoutUser,
  '--proxy': shownProxy,
  '--heartbeat': originOnly,
  '--heartbeat-failure': originOnly,
}

interface Flag {
  long: string
  takesValue: boolean
}

let known: Map<string, Flag> | undefined

/** All options by the words that they are typed as. */
const knownFlags = (): ReadonlyMap<string, Flag> => (known ??= readTables())

function readTables(): Map<string, Flag> {
  const flags = new Map<string, Flag>()
  const groups = commandTable.flatMap(({ options }) => Object.values(options))
  for (const [name, row] of groups.flatMap(({ rows }) => Object.entries(rows))) {
    const flag = { long: flagName(name), takesValue: (row.value ?? row.list) !== undefined }
    if (row.help !== undefined) flags.set(flag.long, flag)
    if (row.short !== undefined) flags.set(`-${row.short}`, flag)
    const no = { long: `--no-${kebabCase(name)}`, takesValue: false }
    if (row.no !== undefined) flags.set(no.long, no)
  }
  return flags
}

function shownValue({ long }: Flag, value: string, areNamesKnown: boolean): string {
  const isName = long === '--server' && !value.includes('://')
  if (isName && !(areNamesKnown && value.length <= longestName) && !isShowable(value)) return mask
  return shownAs[long]?.(value) ?? value
}

/** Whether a word is standard input, or a path of which each part has the form of a name, as that of a plan. */
function isPath(word: string, areNamesKnown: boolean): boolean {
  const isName = (part: string): boolean => /^(~|\.{0,2})$/.test(part) || isShowable(part)
  return word === '-' || (/^(~|\.{0,2})\//.test(word) && (areNamesKnown || word.split('/').every(isName)))
}

/** A command, a recipe, an id or a plan, as far as its form is that of one. */
function shownWord(word: string, areNamesKnown: boolean): string {
  if (/^https?:\/\//.test(word)) return withoutUser(word)
  return isShowable(word) || isPath(word, areNamesKnown) || (areNamesKnown && word.length <= longestName)
    ? word
    : mask
}

/** A flag that is none: what follows its name, or its letter, may be a secret. */
function unknownWord(name: string, value: string | undefined): string {
  if (value !== undefined) return `${name}=${mask}`
  return name.startsWith('--') || name.length === 2
    ? name.slice(0, longestName)
    : `${name.slice(0, 2)}${mask}`
}

/** Whether a word stands behind a flag for tokens and its value, as the rest of a token that holds a blank. */
const isBesideToken = (shown: readonly string[]): boolean =>
  /^(-t.|--token=|--token-stdin$)/.test(shown.at(-1) ?? '') || /^(-t|--token)$/.test(shown.at(-2) ?? '')

/**
 * A command line as it was typed, for a message that may be mailed: without tokens, passwords and the values of variables. Where recipe and server
 * are not known to be names, words in their places are shown only where their form is not that of a token, which may stand in the wrong place.
 */
export function shownCommand(argv: readonly string[], areNamesKnown: boolean): string {
  const flags = knownFlags()
  const names = new Set(commandTable.flatMap(({ name }) => name.split(' ')))
  const shown: string[] = []
  let owing: Flag | 'unknown' | undefined
  for (const word of argv) {
    const [, name = word, value] = /^(--[^=]*)=(.*)$/s.exec(word) ?? []
    const short = /^-[^-]./.test(word) ? flags.get(word.slice(0, 2)) : undefined
    const flag = flags.get(name)
    // A flag in the place of a value is most likely a flag.
    if (owing !== undefined && owing !== 'unknown' && !/^-./.test(word)) {
      shown.push(shownValue(owing, word, areNamesKnown))
      owing = undefined
    } else if (name === '--json' && value?.split(',').every(isShowable)) shown.push(word)
    else if (flag && value !== undefined)
      shown.push(`${name}=${flag.takesValue ? shownValue(flag, value, areNamesKnown) : mask}`)
    else if (flag) {
      shown.push(name)
      owing = flag.takesValue ? flag : undefined
    } else if (short?.takesValue)
      shown.push(`${word.slice(0, 2)}${shownValue(short, word.slice(2), areNamesKnown)}`)
    else if (word.startsWith('-') && word !== '-') {
      shown.push(unknownWord(name, value))
      owing = 'unknown'
    } else {
      const mayBeSecret = owing === 'unknown' || (isBesideToken(shown) && !names.has(word))
      shown.push(mayBeSecret ? mask : shownWord(word, areNamesKnown))
      owing = undefined
    }
  }
  return ['gitlab-trigger', ...shown].map((word) => (word.includes(mask) ? word : shellQuote(word))).join(' ')
}
