import { quotedWord } from '../../core/text/shown-word.ts'
import { defaultLoaders } from 'cosmiconfig'

/** The supported data formats. */
export type DataFormat = 'json' | 'yaml'

/** The format for a file name's extension. Undefined for any other. */
export function formatOf(path: string): DataFormat | undefined {
  if (/\.json$/i.test(path)) return 'json'
  if (/\.ya?ml$/i.test(path)) return 'yaml'
  return undefined
}

/** A syntax error. The message never contains the text, which may be a token (docs/guarantees.md#T48). */
export class DataError extends Error {
  override name = 'DataError'
  /** The line from 1; undefined if the parser does not report it. */
  readonly line: number | undefined

  constructor(message: string, line: number | undefined) {
    super(message)
    this.line = line
  }
}

interface YamlProblem {
  reason?: unknown
  mark?: { line?: unknown; column?: unknown; buffer?: unknown }
}

const duplicate = 'a key stands twice'

/** What the parser says most often, in words that hold nothing of the text. */
const explained: Readonly<Record<string, string>> = {
  'duplicated mapping key': duplicate,
  'tab characters must not be used in indentation': 'not valid YAML: indent with spaces, not with a tab',
}

/** Reasons of the parser that quote nothing of the text. */
const isPlain = (reason: unknown): reason is string =>
  typeof reason === 'string' && /^[a-z][a-z ,-]*$/.test(reason)

/** The key that stands in a line twice over, ` "ref"`; '' where it may be a token, or cannot be told. */
function quotedKey(buffer: unknown, line: number): string {
  const text = typeof buffer === 'string' ? (buffer.split('\n')[line] ?? '') : ''
  const key = /^[\s{,-]*["']?([\w .-]+?)["']?\s*:/.exec(text)?.[1]
  return key === undefined ? '' : quotedWord(key)
}

/** What the parser found wrong, where in its line, and nothing of the text but a key. */
function yamlMessage({ reason, mark: { line, column, buffer } = {} }: YamlProblem): string {
  const known = explained[String(reason)]
  if (known === duplicate && typeof line === 'number') {
    const key = quotedKey(buffer, line)
    return key === '' ? known : `the key${key} stands twice`
  }
  if (known !== undefined) return known
  const place = typeof column === 'number' ? ` at column ${column + 1}` : ''
  return `not valid YAML${place}${isPlain(reason) ? `: ${reason}` : ''}`
}

/** Parses YAML by js-yaml. Throws a DataError for its errors. */
export function asDataError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    const problem = error as YamlProblem
    const { mark } = problem
    const line = typeof mark?.line === 'number' ? mark.line + 1 : undefined
    throw new DataError(yamlMessage(problem), line)
  }
}

const parseYaml = (path: string, text: string): unknown =>
  asDataError((): unknown => defaultLoaders['.yaml'](path, text))

/** Whether an error says that a key stands twice. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof DataError && /^(a key|the key ".*") stands twice$/.test(error.message)

/**
 * Throws a DataError if a JSON text has a key twice. JSON.parse silently keeps the last one, so the YAML
 * parser checks it, since nearly all JSON is YAML.
 */
function refuseDuplicateKeys(path: string, text: string): void {
  try {
    parseYaml(path, text)
  } catch (error) {
    if (isDuplicateKey(error)) throw error
  }
}

/** Whether the text is the beginning of valid JSON. */
function isBeginningOfJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as Error
    const position = /position (\d+)/.exec(message)?.[1]
    return message.includes('end of JSON') || Number(position) >= text.length
  }
}

/** Where a text stops being JSON, from 1, found by bisection: V8 does not always report it. */
export function placeOfJsonError(text: string): { line: number; column: number; isEnd: boolean } {
  let [good, bad] = [0, text.length + 1]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isBeginningOfJson(text.slice(0, middle))) good = middle
    else bad = middle
  }
  const before = text.slice(0, good).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, isEnd: good === text.length }
}

/**
 * Parses the text of a file. Only cosmiconfig's loaders are used: constructing its explorer runs code of the
 * working directory (docs/guarantees.md#3.2, #3.6). Throws a DataError.
 */
export function parseData(format: DataFormat, path: string, text: string): unknown {
  const content = text.replace(/^\uFEFF/, '')
  if (format === 'yaml') return parseYaml(path, content)
  const value = parseJson(content)
  refuseDuplicateKeys(path, content)
  return value
}

/** Parses JSON. Throws a DataError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const { line, column, isEnd } = placeOfJsonError(text)
    throw new DataError(`not valid JSON at column ${column}${isEnd ? ': it ends too early' : ''}`, line)
  }
}
