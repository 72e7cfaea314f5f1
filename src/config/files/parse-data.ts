import { defaultLoaders } from 'cosmiconfig'

/** The supported data formats. */
export type DataFormat = 'json' | 'yaml'

/** The format for a file name's extension. Undefined for any other. */
export function formatOf(path: string): DataFormat | undefined {
  if (/\.json$/i.test(path)) return 'json'
  if (/\.ya?ml$/i.test(path)) return 'yaml'
  return undefined
}

/** A syntax error. The message never contains the text, which may be a token (T48). */
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

function parseYaml(path: string, text: string): unknown {
  try {
    return defaultLoaders['.yaml'](path, text)
  } catch (error) {
    const { reason, mark } = error as YamlProblem
    const line = typeof mark?.line === 'number' ? mark.line + 1 : undefined
    throw new DataError(reason === 'duplicated mapping key' ? 'a key stands twice' : 'not valid YAML', line)
  }
}

/**
 * Throws a DataError if a JSON text has a key twice. JSON.parse silently keeps the last one, so the YAML
 * parser checks it, since nearly all JSON is YAML.
 */
function refuseDuplicateKeys(path: string, text: string): void {
  try {
    parseYaml(path, text)
  } catch (error) {
    if (error instanceof DataError && error.message === 'a key stands twice') throw error
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
 * working directory (guarantees 3.2, 3.6 A). Throws a DataError.
 */
export function parseData(format: DataFormat, path: string, text: string): unknown {
  const content = text.replace(/^\uFEFF/, '')
  if (format === 'yaml') return parseYaml(path, content)
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    throw new DataError('not valid JSON', lineOfJsonError(content))
  }
  refuseDuplicateKeys(path, content)
  return value
}
