import { defaultLoaders } from 'cosmiconfig'

/** The forms of data that files may have. */
export type DataFormat = 'json' | 'yaml'

/** The format that a file's ending names; undefined for any other ending. */
export function formatOf(path: string): DataFormat | undefined {
  if (/\.json$/i.test(path)) return 'json'
  if (/\.ya?ml$/i.test(path)) return 'yaml'
  return undefined
}

/** Text that is not what its format wants. Says where and why, never what stands there: it may be a token (T48). */
export class DataError extends Error {
  override name = 'DataError'
  /** 1 for the first line; undefined where the parser does not tell. */
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

/** JSON.parse keeps the last of two equal keys and says nothing; a YAML reader, which JSON nearly is for, refuses them. */
function refuseDuplicateKeys(path: string, text: string): void {
  try {
    parseYaml(path, text)
  } catch (error) {
    if (error instanceof DataError && error.message === 'a key stands twice') throw error
  }
}

/** Whether the text is JSON as far as it goes: only its end is missing. */
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

/** The first line that is not JSON: V8 does not always tell (on Node 20, not for an unexpected word). */
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
 * The value in the text of a file that we opened and checked ourselves. cosmiconfig is used for its loaders only: constructing an
 * explorer already runs code of the working directory (guarantees 3.2, 3.6 A). Throws a DataError.
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
