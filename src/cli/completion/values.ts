import { statuses } from '../../core/status.ts'
import type { CommandRow } from '../table/command.ts'
import type { KnownFlag } from './read-words.ts'

/** Names that are not in the tables: of the config, and of the server. */
export type NameKind = 'servers' | 'recipes' | 'projects' | 'refs'

/** What a word can be. */
export interface ValueChoice {
  /** Each with what it means. */
  words: readonly (readonly [word: string, meaning: string])[]
  names?: readonly NameKind[]
  /** The shell completes the rest. */
  paths?: 'files' | 'folders'
  /** Behind a comma the next one begins. */
  isList?: true
}

const bare = (words: readonly string[]): ValueChoice => ({ words: words.map((word) => [word, ''] as const) })

/** The values of flags, by their names in the tables: lists that are closed, and names that are looked up. */
const valuesOf: Readonly<Record<string, () => ValueChoice>> = {
  api: () => bare(['v4', 'v3', 'auto']),
  progress: () => bare(['tree', 'lines', 'none']),
  onManual: () => bare(['fail', 'pass', 'wait', 'play']),
  logs: () => bare(['all', 'none', 'failed']),
  graph: () => bare(['tree', 'mermaid', 'dot']),
  gitlab: () => bare(['8.5', '8.17', '10.3', '18.9', '19']),
  status: () => bare(statuses),
  timezone: () => bare(['UTC', ...Intl.supportedValuesOf('timeZone')]),
  server: () => ({ words: [], names: ['servers'] }),
  saveToServer: () => ({ words: [], names: ['servers'] }),
  project: () => ({ words: [], names: ['projects'] }),
  ref: () => ({ words: [], names: ['refs'] }),
}

/** What the value of a flag can be. A token is never completed, nor what a variable holds. */
export function valueChoice({ key, placeholder = '' }: KnownFlag): ValueChoice {
  const known = Object.hasOwn(valuesOf, key) ? valuesOf[key]?.() : undefined
  if (known) return known
  if (placeholder === 'folder') return { words: [], paths: 'folders' }
  return /^(path|file)$/.test(placeholder) ? { words: [], paths: 'files' } : { words: [] }
}

/** The fields that `--json=` of a command takes. */
export function jsonChoice({ jsonResult }: CommandRow): ValueChoice {
  const members = jsonResult?.({} as never) ?? {}
  return { ...bare([...Object.keys(members), 'exit_code', 'error']), isList: true }
}

/** Arguments by what the table calls them. */
const argumentsOf: Readonly<Record<string, ValueChoice>> = {
  recipe: { words: [], names: ['recipes'] },
  server: { words: [], names: ['servers'] },
  path: { words: [], paths: 'files' },
  plan: { words: [], paths: 'files' },
  command: { words: [], paths: 'files' },
  shell: bare(['bash', 'zsh', 'fish']),
}

/** What the next argument of a command can be, after this many arguments. */
export function argumentChoice({ arguments: names = '' }: CommandRow, count: number): ValueChoice {
  const all = names.split(' ')
  const name = all[count] ?? (names.endsWith('...]') || names.endsWith('...>') ? all.at(-1) : undefined)
  return argumentsOf[name?.replace(/[[\]<>.]/g, '') ?? ''] ?? { words: [] }
}
