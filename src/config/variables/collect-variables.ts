import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { convertUtf16, utf16Of } from '../files/decode-text.ts'
import type { FileWorld } from '../../core/limits/file-time.ts'
import { readFileSafely } from '../files/read-file-safely.ts'
import type { ReadStdin } from '../credentials/stdin.ts'
import type { RunFlags } from '../../options/run.ts'
import { flag, variable } from '../setting.ts'
import { checkKey, checkTyped, checkValue, limits, noUtf8, type Variable } from './variable.ts'
import { readVars, varsSource } from './vars-file.ts'

/** Decodes a value byte for byte. Throws a usage error for anything that GitLab would reject. */
function decodeValue(bytes: Buffer, where: string): string {
  const utf16 = utf16Of(bytes)
  if (utf16)
    throw usageError(
      `${where}: it ${utf16.isMarked ? 'is' : 'holds NUL bytes and looks like'} ${utf16.name}, and GitLab accepts UTF-8 only`,
      convertUtf16(utf16),
    )
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
  const value = Object.hasOwn(env, text) ? env[text] : undefined
  if (value === undefined) {
    throw usageError(
      `--var ${text}: the environment variable ${text} is not set`,
      `Write --var ${text}=VALUE, or --var ${text}= for an empty value.`,
    )
  }
  checkTyped(value, `--var ${text}`)
  return { key: text, value, origin: variable(text), source: { kind: 'environment' } }
}

async function fileVariable(text: string, context: FileWorld): Promise<Variable> {
  const pair = splitPair(text)
  if (!pair || pair.value === '') {
    throw usageError(
      `--var-file: "${text.slice(0, 60)}" is not of the form KEY=PATH`,
      'Give the name of the variable, then = and the path of the file.',
    )
  }
  const { key, value: path } = pair
  checkKey(key, '--var-file')
  const where = `--var-file ${key}`
  const bytes = await readFileSafely(path, where, {
    maxSize: limits.formBytes,
    mayBePipe: true,
    aside: context,
  })
  return {
    key,
    value: decodeValue(bytes, `${where}=${path}`),
    origin: `file ${path}`,
    source: { kind: 'file', path },
  }
}

/** The variables of a source by name. Throws for duplicates: GitLab would silently keep the last. */
function unique(variables: Variable[], where: string): Map<string, Variable> {
  const byKey = new Map<string, Variable>()
  for (const entry of variables) {
    if (byKey.has(entry.key)) throw usageError(`${where}: the variable ${entry.key} is given twice`)
    byKey.set(entry.key, entry)
  }
  return byKey
}

/**
 * All variables to send. Files come first in the order typed, later ones winning; --var and --var-file
 * override them. Values are sent exactly as given: no trimming, no splitting at commas, no `@` (docs/guarantees.md#G12).
 * Throws usage errors that name the flag, or the file and line.
 */
export async function collectVariables(
  flags: Pick<RunFlags, 'var' | 'varFile' | 'varsFrom' | 'allowEmptyVars'>,
  context: Pick<Context, 'env' | 'interrupted' | 'canFilesHang' | 'outputs'>,
  readStdin: ReadStdin,
): Promise<Variable[]> {
  const merged = new Map<string, Variable>()
  const add = (source: Map<string, Variable>): void => {
    for (const [key, entry] of source) merged.set(key, entry)
  }
  for (const path of flags.varsFrom ?? []) {
    const source = varsSource(path)
    const bytes =
      path === '-'
        ? await readStdin('--vars-from -', limits.formBytes)
        : await readFileSafely(path, '--vars-from', {
            maxSize: limits.formBytes,
            mayBePipe: true,
            aside: context,
          })
    add(unique(readVars(source, bytes, flags.allowEmptyVars ?? false), source.where))
  }
  const typed = (flags.var ?? []).map((text) => typedVariable(text, context.env))
  const files = await Promise.all((flags.varFile ?? []).map((text) => fileVariable(text, context)))
  add(unique([...typed, ...files], files.length === 0 ? '--var' : '--var, --var-file'))
  return [...merged.values()]
}
