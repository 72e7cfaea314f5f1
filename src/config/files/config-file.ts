import { basename, extname } from 'node:path'
import { configError, type TriggerError } from '../../core/errors.ts'
import { mask } from '../../core/secret.ts'
import { tokenLike } from '../../core/token-kind.ts'
import { checkKeys } from '../schema/check.ts'
import { isMapping, ShapeError, withoutPrototypes, type Mapping } from '../schema/mapping.ts'
import { decodeText } from './decode-text.ts'
import type { FileUser } from './provided-file.ts'
import { readFileSafely } from './read-file-safely.ts'
import { DataError, formatOf, parseData, type DataFormat } from './parse-data.ts'
import { lineFinder, type LineOf } from './locate-key.ts'
import {
  fileKeys,
  projectKeys,
  type FileData,
  type ServerEntry,
  type TokenKeys,
} from '../schema/config-keys.ts'
import { tokenKeys } from '../schema/token-keys.ts'

/** Where a config file was found, which decides what it may contain. */
export type FileKind = 'named' | 'project' | 'user' | 'system'

/** A parsed config file. */
export interface ConfigFile {
  kind: FileKind
  path: string
  /** The folder at which relative paths in it begin; by default that of `path`. */
  folder?: string
  text: string
  data: FileData
  /** Finds the line of a key, from 1. */
  lineOf: LineOf
}

/** Bytes. */
const maxSize = 256 * 1024

/** The format of a config file, by the end of its name or how it begins. Throws a configuration error for one that is no data. */
export function formatFor(path: string, text: string): DataFormat {
  const format = formatOf(path)
  if (format) return format
  const ending = extname(basename(path))
  if (ending === '') return text.trimStart().startsWith('{') ? 'json' : 'yaml'
  throw /\.[cm]?[jt]sx?$/.test(ending)
    ? executableError(path)
    : configError(`${path}: not a .yaml, .yml or .json file`)
}

const executableError = (path: string): TriggerError =>
  configError(`${path}: an executable config is refused`, 'Write it as .yaml or .json.')

/** A position in a config file as `path:line key.key`. */
function positionOf(path: string, text: string, keys: readonly string[]): string {
  const line = lineFinder(text)(keys)
  const shown = keys.map((key) => (key.length > 60 ? `${key.slice(0, 60)}...` : key)).join('.')
  return `${path}:${line}${shown && ` ${shown.replace(tokenLike, mask)}`}`
}

/** Reads a config file. Throws a configuration error if it is unreadable or others may write to it. */
export function readConfigBytes(
  path: string,
  user: FileUser,
  mayBePipe = false,
  where = 'config',
): Promise<Buffer> {
  return readFileSafely(path, where, { maxSize, trustedBy: user, refuse: configError, mayBePipe })
}

/**
 * Parses and checks a config file: known keys only, text where text is expected, and in a project's file
 * nothing that could send a token elsewhere (docs/guarantees.md#T5, #T6, #T7, #T11, #T12, #T97). Throws a configuration error that names
 * file, line and key and never shows a value.
 */
export function parseConfig(kind: FileKind, path: string, bytes: Buffer): ConfigFile {
  const text = decodeText(bytes, path, configError)
  const prefix = keysBelow(path)
  let data: unknown
  try {
    let whole = parseData(formatFor(path, text), path, text)
    // In a package.json only the part below our key is read.
    for (const key of prefix) whole = isMapping(whole) && Object.hasOwn(whole, key) ? whole[key] : undefined
    if (prefix.length > 0 && whole === undefined)
      throw configError(`${path}: there is no "${prefix.join('.')}" in it`)
    data = withoutPrototypes(whole ?? {})
    checkKeys(data, fileKeys, [])
    if (kind === 'project') refuseForeignKeys(data as Mapping)
  } catch (error) {
    if (error instanceof DataError) {
      throw configError(`${path}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`)
    }
    if (!(error instanceof ShapeError)) throw error
    const { message, hint, path: keys } = error
    throw configError(`${positionOf(path, text, [...prefix, ...keys])}: ${message}`, hint)
  }
  const find = lineFinder(text)
  return { kind, path, text, data: data as FileData, lineOf: (keys) => find([...prefix, ...keys]) }
}

/** The keys above our settings in a file. */
export const keysBelow = (path: string): string[] =>
  basename(path) === 'package.json' ? ['gitlab-trigger'] : []

/** Throws a ShapeError if a project's file defines a server rather than naming one (docs/guarantees.md#T7). */
function refuseForeignKeys(data: Mapping): void {
  const hint =
    'It may name a server that your own config defines; addresses, tokens, programs and files belong there.'
  const refuse = (keys: string[], why: string): never => {
    throw new ShapeError(keys, `a project's own file ${why}`, hint)
  }
  const key = Object.keys(data).find((each) => !projectKeys.has(each))
  if (key !== undefined) refuse([key], 'cannot set this')
  const isName = (name: unknown): boolean =>
    name === undefined || (typeof name === 'string' && /^[\w.-]+$/.test(name))
  if (!isName(data['default'])) refuse(['default'], 'can only name a server')
  const recipes = (data['recipes'] ?? {}) as Record<string, Mapping>
  for (const [name, recipe] of Object.entries(recipes)) {
    const targets = Array.isArray(recipe['targets']) ? (recipe['targets'] as Mapping[]) : []
    const nodes: [keys: string[], node: Mapping][] = [
      [['recipes', name], recipe],
      ...targets.map((node, at): [string[], Mapping] => [['recipes', name, 'targets', String(at)], node]),
    ]
    for (const [keys, node] of nodes) {
      if (!isName(node['server'])) refuse([...keys, 'server'], 'can only name a server')
      const token = tokenKeys.find((each) => node[each] !== undefined)
      if (token !== undefined) refuse([...keys, token], 'cannot set this')
    }
  }
}

/** The origin of a value: `path:line`. */
export function originIn(file: ConfigFile, keys: readonly string[]): string {
  return `${file.path}:${file.lineOf(keys)}`
}

/** Whether the file contains a token, so that no other user may read it (docs/guarantees.md#T14). */
export function holdsSecret({ data }: ConfigFile): boolean {
  return nodesWithTokens(data).some((node) => node.token !== undefined || node.apiToken !== undefined)
}

/** All mappings of a file that may name tokens: servers, their projects, recipes and their targets. */
export function nodesWithTokens({
  servers,
  recipes,
}: FileData): (TokenKeys & Pick<ServerEntry, 'apiToken' | 'apiTokenEnv'>)[] {
  return [
    ...Object.values(servers ?? {}).flatMap((server) => [server, ...Object.values(server.projects ?? {})]),
    ...Object.values(recipes ?? {}).flatMap((recipe) => [recipe, ...(recipe.targets ?? [])]),
  ]
}
