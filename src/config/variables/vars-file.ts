import { usageError } from '../../core/errors.ts'
import { decodeText } from '../files/decode-text.ts'
import { DotenvError, parseDotenv } from './dotenv.ts'
import { DataError, formatOf, parseData, type DataFormat } from '../files/parse-data.ts'
import { checkKey, checkValue, type Variable } from './variable.ts'

/** A file with variables, or standard input. */
export interface VarsSource {
  /** The flag with its value, for messages. */
  where: string
  /** The path or `standard input`, for origins. */
  name: string
  format: DataFormat | 'dotenv'
}

/** The source of `--vars-from PATH`. */
export function varsSource(path: string): VarsSource {
  return path === '-'
    ? { where: '--vars-from: standard input', name: 'standard input', format: 'dotenv' }
    : { where: `--vars-from ${path}`, name: `file ${path}`, format: formatOf(path) ?? 'dotenv' }
}

function fromDotenv({ where, name }: VarsSource, text: string): Variable[] {
  const seen = new Set<string>()
  return parseDotenv(text).map(({ key, value, line }) => {
    checkKey(key, `${where}:${line}`)
    if (seen.has(key)) throw usageError(`${where}:${line}: the variable ${key} is given twice`)
    seen.add(key)
    return { key, value, origin: `${name}:${line}`, source: { kind: 'data' } }
  })
}

/** Where a value stands in a text of JSON or YAML, as `:3` for its line; '' where its key is not found at the beginning of one. */
function lineOf(key: string, text: string): string {
  const at = text.split('\n').findIndex((line) => {
    const [typed] = /^[\s{,]*(?:"[^"]*"|'[^']*'|[^\s:"'#]+)(?=\s*:)/.exec(line) ?? []
    return typed?.replace(/^[\s{,]*["']?|["']$/g, '') === key
  })
  return at < 0 ? '' : `:${at + 1}`
}

function fromData({ where, name }: VarsSource, data: unknown, text: string): Variable[] {
  const isEmpty = data === null || data === undefined || (Array.isArray(data) && data.length === 0)
  if (isEmpty) return []
  if (typeof data !== 'object' || Array.isArray(data)) {
    throw usageError(`${where}: it must hold names and values`)
  }
  return Object.entries(data).map(([key, value]: [string, unknown]) => {
    checkKey(key, where)
    if (typeof value !== 'string') {
      const isNested = typeof value === 'object'
      throw usageError(
        `${where}${lineOf(key, text)}: the value of ${key} is not a string`,
        isNested
          ? 'Write a list or mapping as one text, for example as JSON in quotes.'
          : 'Put it in quotes, so that it arrives as it is written.',
      )
    }
    // JSON and YAML escapes can produce characters that the file's bytes cannot contain.
    checkValue(value, `${where}: ${key}`)
    return { key, value, origin: name, source: { kind: 'data' } }
  })
}

/** Parses dotenv, JSON or YAML. Throws usage errors that name file and line and never show the text. */
function parseVars(source: VarsSource, text: string): Variable[] {
  try {
    return source.format === 'dotenv'
      ? fromDotenv(source, text)
      : fromData(source, parseData(source.format, source.name, text), text)
  } catch (error) {
    if (error instanceof DotenvError || error instanceof DataError) {
      const line = error.line === undefined ? '' : `:${error.line}`
      throw usageError(`${source.where}${line}: ${error.message}`, 'hint' in error ? error.hint : '')
    }
    throw error
  }
}

/**
 * The variables in the bytes of a source. Unless `mayBeEmpty`, throws a usage error where there is none: the program that
 * should have written them may have failed. Throws usage errors for bytes that are no text, and as `parseVars`.
 */
export function readVars(source: VarsSource, bytes: Buffer, mayBeEmpty: boolean): Variable[] {
  const { where, name } = source
  const text = decodeText(bytes, where)
  checkValue(text, where)
  // An empty text is not valid JSON, and no variables all the same.
  const variables = mayBeEmpty && text.trim() === '' ? [] : parseVars(source, text)
  if (variables.length > 0 || mayBeEmpty) return variables
  const writer = name === 'standard input' ? 'the command before the pipe' : 'what wrote it'
  throw usageError(
    `${where}: it holds no variables`,
    `Check whether ${writer} has failed; if there may be none, add --allow-empty-vars.`,
  )
}
