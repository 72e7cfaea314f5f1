import { configError, TriggerError, usageError } from '../core/errors.ts'
import { InputAsOutput } from '../core/output-files.ts'
import { foreignFlag } from '../core/text/foreign-flag.ts'
import { quotedWord } from '../core/text/shown-word.ts'
import { nearest } from '../core/did-you-mean.ts'
import { originIn, type ConfigFile } from './files/config-file.ts'
import type { Config } from './files/find-config.ts'
import type { Setting } from './setting.ts'
import type { FileData, ProjectEntry, Recipe, ServerEntry } from './schema/config-keys.ts'

/** A mapping in a config file that holds settings: the whole file, a server entry, a recipe or a target. */
export interface ConfigNode<Data = FileData | ServerEntry | ProjectEntry | Recipe> {
  file: ConfigFile
  /** The path of keys to it. */
  keys: readonly string[]
  data: Data
}

/** A value of a mapping, with `path:line` as its origin. Undefined if it is not set. */
export function settingAt<Data extends object, Key extends keyof Data & string>(
  { file, keys, data }: ConfigNode<Data>,
  key: Key,
): Setting<NonNullable<Data[Key]>> | undefined {
  const value = data[key]
  if (value === undefined || value === null) return undefined
  return { value, origin: originIn(file, [...keys, key]) }
}

/** The value of a key in the first mapping that sets it. */
export function firstIn<Key extends 'project' | 'ref' | 'api' | 'timeout' | 'retry'>(
  nodes: readonly ConfigNode[],
  key: Key,
): Setting<NonNullable<FileData[Key]>> | undefined {
  for (const node of nodes) {
    const found = settingAt(node as ConfigNode<FileData>, key)
    if (found) return found
  }
  return undefined
}

/** Calls `read` for a value of a config file, and turns usage errors into configuration errors. */
export function asConfigError<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof TriggerError) || error.exit !== 'usage') throw error
    if (error.cause instanceof InputAsOutput) throw error
    throw configError(error.message, error.hint).with({ cause: error.cause ?? error })
  }
}

/** The server entry of that name in the first file that has one. */
export function serverNamed(config: Config, name: string): ConfigNode<ServerEntry> | undefined {
  for (const file of config.files) {
    const servers = file.data.servers ?? {}
    const data = Object.hasOwn(servers, name) ? servers[name] : undefined
    if (data) return { file, keys: ['servers', name], data }
  }
  return undefined
}

/** The names of one project, as its server has told them. */
export interface ProjectNames {
  id: number
  path: string
}

/**
 * What a server entry says of a project, which it names by path or number; `known` are both of them, where the server has told them. GitLab's paths
 * are the same in any case.
 */
export function projectEntry(
  { file, keys, data }: ConfigNode<ServerEntry>,
  project: string,
  known?: ProjectNames,
): ConfigNode<ProjectEntry> | undefined {
  const projects = Object.entries(data.projects ?? {})
  const named = (one: string): (typeof projects)[number] | undefined =>
    projects.find(([name]) => name === one) ??
    projects.find(([name, { id }]) => String(id) === one || name.toLowerCase() === one.toLowerCase())
  const found = named(project) ?? (known && (named(String(known.id)) ?? named(known.path)))
  return found && { file, keys: [...keys, 'projects', found[0]], data: found[1] }
}

/** The names of all servers or recipes in the files. */
export function namesOf(config: Config, kind: 'servers' | 'recipes'): string[] {
  return [...new Set(config.files.flatMap(({ data }) => Object.keys(data[kind] ?? {})))]
}

/** The recipe of that name in the first file that has one. */
export function recipeNamed(config: Config, name: string): ConfigNode<Recipe> | undefined {
  for (const file of config.files) {
    const recipes = file.data.recipes ?? {}
    const data = Object.hasOwn(recipes, name) ? recipes[name] : undefined
    if (data) return { file, keys: ['recipes', name], data }
  }
  return undefined
}

/** Where a word belongs that is no recipe: many a command takes the branch, or the project, as a word. */
function meantByFlag(word: string): string {
  if (!/^[\w./-]+$/.test(word)) return ''
  const project = ` A project is given with a flag: --project ${word}`
  if (/^\d+$/.test(word)) return project
  return `${word.includes('/') ? `${project}.` : ''} A branch or tag is given with a flag: --ref ${word}`
}

/**
 * The error for a server or recipe that no file defines, with the nearest known name. A name that may be a
 * misplaced token is not shown. With `nearCommand` the word may as well be a command; '' where none is near.
 */
export function unknownName(
  config: Config,
  kind: 'servers' | 'recipes',
  name: string,
  where: string,
  nearCommand?: string,
): TriggerError {
  const names = namesOf(config, kind)
  const near = nearest(name, names) ?? (nearCommand === '' ? undefined : nearCommand)
  const one = kind === 'servers' ? 'server' : 'recipe'
  const suggestion = near === undefined ? '' : `; did you mean "${near}"?`
  const known = names.length === 0 ? `No config file defines a ${one}` : `Known: ${names.join(', ')}`
  const untrusted = config.searched.find(({ state }) => state === 'not trusted')
  const unused = untrusted
    ? ` ${untrusted.path} is not used until you trust it: gitlab-trigger config trust.`
    : ''
  const shown = quotedWord(name)
  const add = names.length === 0 && kind === 'servers' ? ' To set one up: gitlab-trigger login.' : ''
  const isDuration = kind === 'recipes' && /^\d+(\.\d+)?(ms|[smhd])$/.test(name)
  const limit = isDuration ? `A time limit is given with a flag: --timeout ${name}. ` : ''
  const hint = `${limit}${known} (gitlab-trigger config path).${add}${unused}`
  // A word that was typed, not one of a file.
  const isWord = kind === 'recipes' && !/[:/]/.test(where) && !isDuration && near === undefined
  const isPage = isWord && /^https?:\/\//i.test(name)
  const page = isPage ? ' The page of a project is given with a flag: --project URL' : ''
  const instead = isWord && !isPage && shown !== '' ? meantByFlag(name) : page
  if (nearCommand === name) return foreignFlag(name)
  if (nearCommand !== undefined)
    return usageError(
      `unknown command or recipe${shown}${suggestion}`,
      `gitlab-trigger --help lists the commands. ${hint}${instead}`,
    )
  return configError(`${where}: there is no ${one}${shown || ' of that name'}${suggestion}`, hint + instead)
}

/** A recipe, which was named at `origin`, followed by those it extends. Throws a configuration error for an unknown name or a cycle. */
export function recipeChain(
  config: Config,
  name: string,
  nearCommand?: string,
  origin = 'run',
): ConfigNode<Recipe>[] {
  const chain: ConfigNode<Recipe>[] = []
  const seen = new Set<string>()
  let next: string | undefined = name
  let where = origin
  while (next !== undefined) {
    if (seen.has(next)) throw configError(`${where}: recipe "${next}" extends itself`)
    seen.add(next)
    const node = recipeNamed(config, next)
    if (!node) throw unknownName(config, 'recipes', next, where, chain.length === 0 ? nearCommand : undefined)
    chain.push(node)
    const parent = settingAt(node, 'extends')
    where = parent?.origin ?? ''
    next = parent?.value
  }
  return chain
}

/**
 * Merges a map, such as `variables`, of several mappings. `nodes` begin with the one that takes precedence;
 * the result begins with the entries of the last.
 */
export function mergedMap<Key extends 'variables' | 'inputs'>(
  nodes: readonly ConfigNode[],
  key: Key,
): Map<string, Setting<NonNullable<FileData[Key]>[string]>> {
  type Value = NonNullable<FileData[Key]>[string]
  const merged = new Map<string, Setting<Value>>()
  for (const node of nodes.toReversed()) {
    const map = ((node.data as FileData)[key] ?? {}) as Record<string, Value>
    for (const [name, value] of Object.entries(map)) {
      merged.set(name, { value, origin: originIn(node.file, [...node.keys, key, name]) })
    }
  }
  return merged
}

/** The replaced exit codes, by the program's own exit code. The most specific recipe takes precedence. */
export function mergedExitCodes(recipes: readonly ConfigNode<Recipe>[]): Map<string, Setting<number>> {
  const merged = new Map<string, Setting<number>>()
  for (const { file, keys, data } of recipes.toReversed()) {
    for (const [code, value] of Object.entries(data.exitCodes ?? {})) {
      merged.set(code, { value, origin: originIn(file, [...keys, 'exitCodes', code]) })
    }
  }
  return merged
}
