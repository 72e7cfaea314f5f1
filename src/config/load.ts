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

function lineOfJsonError(error: unknown, text: string): number | undefined {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
  return position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length
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
  } catch (error) {
    throw new DataError('not valid JSON', lineOfJsonError(error, content))
  }
  refuseDuplicateKeys(path, content)
  return value
}
