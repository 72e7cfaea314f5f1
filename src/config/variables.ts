import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { DotenvError, parseDotenv } from './dotenv.ts'
import { readFileSafely } from './file.ts'
import type { RunFlags } from './flags.ts'
import { DataError, formatOf, parseData } from './load.ts'
import { flag, variable, type Origin } from './setting.ts'

/** A pipeline variable. The value is valid UTF-8 without NUL, and exactly what was given. */
export interface Variable {
  key: string
  value: string
  origin: Origin
  /** How the value reached us; what was not typed is not shown again by --dry-run. */
  source: { kind: 'typed' | 'data' | 'environment' } | { kind: 'file'; path: string }
}

/** GitLab's own limits, beyond which it answers 400 or 500, or drops what is too much (observed answers, "Limits"). */
export const limits = {
  /** Parts of one form: token, ref, variables and inputs together. */
  parts: 4095,
  /** Bytes of all variable names together. */
  keyBytes: 65_536,
  /** Bytes of the whole form. */
  formBytes: 16 * 1024 * 1024,
} as const

const keyRule = /^[A-Za-z0-9_]{1,255}$/

/** Refuses a name that GitLab would refuse, change or, for TRIGGER_PAYLOAD, turn into a failed pipeline (facts 2.8). */
export function checkKey(key: string, where: string): void {
  if (key === '') throw usageError(`${where}: the name of the variable is empty`)
  if (!keyRule.test(key)) {
    throw usageError(
      `${where}: "${key.slice(0, 60)}" cannot be the name of a variable`,
      'GitLab takes letters, digits and _, at most 255 of them.',
    )
  }
  if (key === 'TRIGGER_PAYLOAD') {
    throw usageError(
      `${where}: TRIGGER_PAYLOAD is set by GitLab itself`,
      'GitLab would answer a second one with a failed pipeline; use another name.',
    )
  }
}

const noUtf8 = (where: string, hint: string): Error =>
  usageError(`${where}: the value is not valid UTF-8, which GitLab refuses`, hint)

/** Refuses a value that GitLab would refuse: with a NUL, or with half a surrogate pair. */
export function checkValue(text: string, where: string): void {
  if (text.includes('\0')) throw usageError(`${where}: the value holds a NUL byte, which GitLab refuses`)
  if (!text.isWellFormed()) throw noUtf8(where, 'Encode it, for example as base64.')
}

/**
 * The same for a value of argv or environment, and refuses one that is no longer what was typed: Node replaces undecodable bytes
 * there by U+FFFD, irrecoverably (guarantees 8.4).
 */
export function checkTyped(text: string, where: string): void {
  checkValue(text, where)
  if (text.includes('\uFFFD')) {
    throw noUtf8(where, 'Put it into a file (--var-file KEY=PATH), encoded as UTF-8 or base64.')
  }
}

/** The text of a file's bytes, exact to the byte. Refuses what GitLab would refuse. */
function decode(bytes: Buffer, where: string): string {
  const text = bytes.toString()
  checkValue(text, where)
  if (!Buffer.from(text).equals(bytes)) throw noUtf8(where, 'Encode it as UTF-8 or base64.')
  return text
}

/** Splits `KEY=VALUE` at the first `=`; undefined without one. */
export function splitPair(text: string): { key: string; value: string } | undefined {
  const at = text.indexOf('=')
  return at < 0 ? undefined : { key: text.slice(0, at), value: text.slice(at + 1) }
}

function typedVariable(text: string, env: Context['env']): Variable {
  const pair = splitPair(text)
  checkKey(pair?.key ?? text, '--var')
  if (pair) {
    checkTyped(pair.value, `--var ${pair.key}`)
    return { ...pair, origin: flag('--var'), source: { kind: 'typed' } }
  }
  const value = env[text]
  if (value === undefined) {
    throw usageError(
      `--var ${text}: the environment variable ${text} is not set`,
      `Write --var ${text}=VALUE, or --var ${text}= for an empty value.`,
    )
  }
  checkTyped(value, `--var ${text}`)
  return { key: text, value, origin: variable(text), source: { kind: 'environment' } }
}

async function fileVariable(text: string): Promise<Variable> {
  const pair = splitPair(text)
  if (!pair || pair.value === '') {
    throw usageError(`--var-file: "${text.slice(0, 60)}" is not of the form KEY=PATH`)
  }
  const { key, value: path } = pair
  checkKey(key, '--var-file')
  const where = `--var-file ${key}`
  const bytes = await readFileSafely(path, where, { maxSize: limits.formBytes })
  return {
    key,
    value: decode(bytes, `${where}=${path}`),
    origin: `file ${path}`,
    source: { kind: 'file', path },
  }
}

function dataVariables(path: string, text: string): Variable[] {
  const format = formatOf(path)
  const where = `--vars-from ${path}`
  try {
    if (format === undefined) {
      return parseDotenv(text).map(({ key, value, line }) => {
        checkKey(key, `${where}:${line}`)
        return { key, value, origin: `file ${path}:${line}`, source: { kind: 'data' } }
      })
    }
    const data = parseData(format, path, text)
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      throw usageError(`${where}: it must hold names and values`)
    }
    return Object.entries(data).map(([key, value]: [string, unknown]) => {
      checkKey(key, where)
      if (typeof value !== 'string') {
        throw usageError(
          `${where}: the value of ${key.slice(0, 60)} is not a string`,
          'Put it in quotes, so that it arrives as it is written.',
        )
      }
      // JSON and YAML can escape what a file's bytes cannot hold.
      checkValue(value, `${where}: ${key}`)
      return { key, value, origin: `file ${path}`, source: { kind: 'data' } }
    })
  } catch (error) {
    if (error instanceof DotenvError || error instanceof DataError) {
      throw usageError(`${where}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`)
    }
    throw error
  }
}

/** The variables of one source by name. Two of one name in one source are a mistake: GitLab would keep the last silently. */
function unique(variables: Variable[], where: string): Map<string, Variable> {
  const byKey = new Map<string, Variable>()
  for (const entry of variables) {
    if (byKey.has(entry.key)) throw usageError(`${where}: the variable ${entry.key} is given twice`)
    byKey.set(entry.key, entry)
  }
  return byKey
}

/**
 * All variables to send: files in the order typed, later ones winning, then --var and --var-file over them. Values are exactly
 * what was given: no trimming, no splitting at commas, no `@` (promise G12). Throws usage errors that name the flag, or the
 * file and line.
 */
export async function collectVariables(
  flags: Pick<RunFlags, 'var' | 'varFile' | 'varsFrom'>,
  context: Pick<Context, 'env'>,
  readStdin: (who: string) => Promise<Buffer>,
): Promise<Variable[]> {
  const merged = new Map<string, Variable>()
  const add = (source: Map<string, Variable>): void => {
    for (const [key, entry] of source) merged.set(key, entry)
  }
  for (const path of flags.varsFrom ?? []) {
    const where = path === '-' ? '--vars-from - (standard input)' : `--vars-from ${path}`
    const bytes =
      path === '-'
        ? await readStdin('--vars-from -')
        : await readFileSafely(path, '--vars-from', { maxSize: limits.formBytes })
    add(unique(dataVariables(path, decode(bytes, where)), where))
  }
  const typed = (flags.var ?? []).map((text) => typedVariable(text, context.env))
  const files = await Promise.all((flags.varFile ?? []).map(fileVariable))
  add(unique([...typed, ...files], files.length === 0 ? '--var' : '--var, --var-file'))
  checkLimits([...merged.values()])
  return [...merged.values()]
}

/** Refuses what would be too much for GitLab: parts, names, bytes. */
export function checkLimits(variables: readonly Pick<Variable, 'key' | 'value'>[]): void {
  const mostVariables = limits.parts - 2
  if (variables.length > mostVariables) {
    throw usageError(`${variables.length} variables are more than GitLab takes (${mostVariables})`)
  }
  // What stands around a value in the form, generously.
  const partBytes = 150
  const formBytes = variables.reduce(
    (sum, { key, value }) => sum + key.length + Buffer.byteLength(value) + partBytes,
    0,
  )
  if (formBytes > limits.formBytes) {
    throw usageError(
      `the variables together are ${formBytes} bytes; GitLab takes ${limits.formBytes}`,
      'Store large data elsewhere (a package registry, an object store) and pass its address.',
    )
  }
  const keyBytes = variables.reduce((sum, { key }) => sum + key.length, 0)
  if (keyBytes > limits.keyBytes) {
    throw usageError(
      `the names of all variables together are ${keyBytes} bytes; GitLab takes ${limits.keyBytes}`,
      'Use shorter names, or put several values into one variable.',
    )
  }
}
