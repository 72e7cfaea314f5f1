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
  mark?: { line?: unknown }
}

/** What the parser says most often, in words that hold nothing of the text. */
const explained: Readonly<Record<string, string>> = {
  'duplicated mapping key': 'a key stands twice',
  'tab characters must not be used in indentation': 'not valid YAML: indent with spaces, not with a tab',
}

/** Parses YAML by js-yaml. Throws a DataError for its errors. */
export function asDataError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    const { reason, mark } = error as YamlProblem
    const line = typeof mark?.line === 'number' ? mark.line + 1 : undefined
    throw new DataError(explained[String(reason)] ?? 'not valid YAML', line)
  }
}

const parseYaml = (path: string, text: string): unknown =>
  asDataError((): unknown => defaultLoaders['.yaml'](path, text))

/** Whether an error says that a key stands twice. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof DataError && error.message === 'a key stands twice'

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
    return message.includes('end of JSON') || Number(position) >= text.trimEnd().length
  }
}

/** The line of a syntax error, found by bisection: V8 does not always report it (Node 20). */
function lineOfJsonError(text: string): number {
  const lines = text.split('\n')
  let [good, bad] = [0, lines.length]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isBeginningOfJson(lines.slice(0, middle).join('\n'))) good = middle
    else bad = middle
  }
  return bad
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
    throw new DataError('not valid JSON', lineOfJsonError(text))
  }
}
