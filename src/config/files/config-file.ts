import { basename, extname } from 'node:path'
import { configError, type TriggerError } from '../../core/errors.ts'
import { mask } from '../../core/secret.ts'
import { allProblems } from '../../core/text/all-problems.ts'
import { tokenLike } from '../../core/token-kind.ts'
import { shapeProblems } from '../schema/check.ts'
import { isMapping, ShapeError, coveredBy, withoutPrototypes, type Mapping } from '../schema/mapping.ts'
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

/** The error for these problems of a config file, each as `path:line key.key: message`, in the order of their lines. */
function shapeError(
  path: string,
  problems: readonly ShapeError[],
  find: LineOf,
  prefix: readonly string[],
): TriggerError {
  const located = problems.map((problem) => {
    const keys = [...prefix, ...problem.path]
    const shown = keys.map((key) => (key.length > 60 ? `${key.slice(0, 60)}...` : key)).join('.')
    const line = find(keys)
    const place = `${path}:${line}${shown && ` ${shown.replace(tokenLike, mask)}`}`
    return { line, error: configError(`${place}: ${problem.message}`, problem.hint) }
  })
  const errors = located.toSorted((a, b) => a.line - b.line).map(({ error }) => error)
  return allProblems(errors, `${path} has ${errors.length} problems`)
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
 * file, line and key of all that is wrong, and never shows a value.
 */
export function parseConfig(kind: FileKind, path: string, bytes: Buffer): ConfigFile {
  const text = decodeText(bytes, path, configError)
  const prefix = keysBelow(path)
  const find = lineFinder(text)
  const problems: ShapeError[] = []
  let data: unknown
  try {
    let whole = parseData(formatFor(path, text), path, text)
    // In a package.json only the part below our key is read.
    for (const key of prefix) whole = isMapping(whole) && Object.hasOwn(whole, key) ? whole[key] : undefined
    if (prefix.length > 0 && whole === undefined)
      throw configError(`${path}: there is no "${prefix.join('.')}" in it`)
    data = withoutPrototypes(whole ?? {}, { refuse: (problem) => problems.push(problem) })
  } catch (error) {
    if (error instanceof DataError) {
      throw configError(`${path}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`)
    }
    if (!(error instanceof ShapeError)) throw error
    throw shapeError(path, [error], find, prefix)
  }
  const foreign = kind === 'project' && isMapping(data) ? foreignKeys(data) : []
  for (const more of [foreign, shapeProblems(data, fileKeys)]) {
    const isKnown = coveredBy(problems.map((problem) => problem.path))
    problems.push(...more.filter((problem) => !isKnown(problem.path)))
  }
  if (problems.length > 0) throw shapeError(path, problems, find, prefix)
  return { kind, path, text, data: data as FileData, lineOf: (keys) => find([...prefix, ...keys]) }
}

/** The keys above our settings in a file. */
export const keysBelow = (path: string): string[] =>
  basename(path) === 'package.json' ? ['gitlab-trigger'] : []

/** Where a project's file defines a server rather than naming one (docs/guarantees.md#T7). */
function foreignKeys(data: Mapping): ShapeError[] {
  const hint =
    'It may name a server that your own config defines; addresses, tokens, programs and files belong there.'
  const foreign = (keys: string[], why: string): ShapeError =>
    new ShapeError(keys, `a project's own file ${why}`, hint)
  const isName = (name: unknown): boolean =>
    name === undefined || (typeof name === 'string' && /^[\w.-]+$/.test(name))
  const problems = Object.keys(data)
    .filter((each) => Object.hasOwn(fileKeys, each) && !projectKeys.has(each))
    .map((key) => foreign([key], 'cannot set this'))
  if (!isName(data['default'])) problems.push(foreign(['default'], 'can only name a server'))
  const recipes = isMapping(data['recipes']) ? Object.entries(data['recipes']) : []
  const nodes = recipes.flatMap(([name, recipe]): [keys: string[], node: unknown][] => [
    [['recipes', name], recipe],
    ...(isMapping(recipe) && Array.isArray(recipe['targets']) ? (recipe['targets'] as unknown[]) : []).map(
      (node, at): [string[], unknown] => [['recipes', name, 'targets', String(at)], node],
    ),
  ])
  for (const [keys, node] of nodes) {
    if (!isMapping(node)) continue
    if (!isName(node['server'])) problems.push(foreign([...keys, 'server'], 'can only name a server'))
    for (const token of tokenKeys)
      if (node[token] !== undefined) problems.push(foreign([...keys, token], 'cannot set this'))
  }
  return problems
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
