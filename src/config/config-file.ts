import { basename, extname } from 'node:path'
import { configError, type TriggerError } from '../errors.ts'
import { checkKeys, ShapeError, tame, type Mapping } from './check.ts'
import { readFileSafely } from './file.ts'
import { DataError, formatOf, parseData, type DataFormat } from './load.ts'
import { lineOfKey } from './locate-key.ts'
import { fileKeys, projectKeys, type FileData } from './shape.ts'

/** What kind of place a config file was found in; it decides what the file may hold. */
export type FileKind = 'named' | 'project' | 'user' | 'system'

/** A config file that is used. */
export interface ConfigFile {
  kind: FileKind
  path: string
  text: string
  data: FileData
}

/** Bytes. */
const maxSize = 256 * 1024

const secretKeys = ['token', 'apiToken'] as const

function formatFor(path: string, text: string): DataFormat {
  const format = formatOf(path)
  if (format) return format
  const ending = extname(basename(path))
  if (ending === '') return text.trimStart().startsWith('{') ? 'json' : 'yaml'
  throw /\.[cm]?[jt]sx?$/.test(ending)
    ? executable(path)
    : configError(`${path}: not a .yaml, .yml or .json file`)
}

const executable = (path: string): TriggerError =>
  configError(`${path}: an executable config is refused`, 'Write it as .yaml or .json.')

/** Where something in a config file stands: `path:line key.key`. */
function placeOf(path: string, text: string, keys: readonly string[]): string {
  const line = lineOfKey(text, keys)
  return `${path}:${line}${keys.length === 0 ? '' : ` ${keys.join('.')}`}`
}

/** The bytes of a config file, if it is one that may be obeyed. Throws a configuration error. */
export function readConfigBytes(path: string, uid: number | undefined): Promise<Buffer> {
  return readFileSafely(path, 'config', { maxSize, ruledBy: { uid }, refuse: configError })
}

/**
 * The config in the bytes of a file, checked in full: only known keys, only text where text is wanted, in a project's own file
 * nothing that could send a token elsewhere (T5–T7, T11, T12, T97). Throws a configuration error that names file, line and key and
 * never shows what stands there.
 */
export function parseConfig(kind: FileKind, path: string, bytes: Buffer): ConfigFile {
  const text = bytes.toString()
  const fromPackage = basename(path) === 'package.json'
  let data: unknown
  try {
    const whole = tame(parseData(formatFor(path, text), path, text) ?? {})
    data = fromPackage ? ((whole as Mapping)['gitlab-trigger'] ?? {}) : whole
    checkKeys(data, fileKeys, [])
  } catch (error) {
    if (error instanceof DataError) {
      throw configError(`${path}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`)
    }
    if (!(error instanceof ShapeError)) throw error
    const keys =
      fromPackage && !error.path.includes('gitlab-trigger') ? ['gitlab-trigger', ...error.path] : error.path
    throw configError(`${placeOf(path, text, keys)}: ${error.message}`)
  }
  if (kind === 'project') refuseForeignKeys(path, text, data as Mapping)
  return { kind, path, text, data: data as FileData }
}

function refuseForeignKeys(path: string, text: string, data: Mapping): void {
  const key = Object.keys(data).find((each) => !projectKeys.has(each))
  if (key === undefined) return
  throw configError(
    `${placeOf(path, text, [key])}: a project's own file cannot set this`,
    'It may name a server that your own config defines; addresses, tokens, programs and files belong there.',
  )
}

/** The line of a value, as its origin: `path:line`. */
export function originIn(file: ConfigFile, keys: readonly string[]): string {
  const inPackage = basename(file.path) === 'package.json'
  return `${file.path}:${lineOfKey(file.text, inPackage ? ['gitlab-trigger', ...keys] : keys)}`
}

/** Whether the file holds a token itself, so that nobody else may read it (T14). */
export function holdsSecret({ data }: ConfigFile): boolean {
  return Object.values(data.servers ?? {}).some((server) =>
    secretKeys.some((key) => server[key] !== undefined),
  )
}
