import { usageError } from '../../core/errors.ts'
import type { RunFlags } from '../../options/run.ts'
import { placeOfJsonError } from '../files/parse-data.ts'
import { flag, type Origin } from '../setting.ts'
import { checkTyped } from './variable.ts'
import { splitPair } from './collect-variables.ts'

/** A pipeline input (GitLab 17.11), with its value as it is sent (docs/gitlab.md#2.4). */
export interface Input {
  key: string
  value: string
  origin: Origin
}

/** Whether an input may be called so. */
export const isInputName = (name: string): boolean => /^[A-Za-z0-9_.-]{1,255}$/.test(name)

function parsePair(text: string, where: string): { key: string; value: string } {
  const pair = splitPair(text)
  if (!pair) throw usageError(`${where}: "${text.slice(0, 60)}" is not of the form KEY=VALUE`)
  if (!isInputName(pair.key)) {
    throw usageError(`${where}: "${pair.key.slice(0, 60)}" cannot be the name of an input`)
  }
  checkTyped(pair.value, `${where} ${pair.key}`, 'Encode it, for example as base64.')
  return pair
}

function checkJson(key: string, text: string): void {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const { line, column } = placeOfJsonError(text)
    throw usageError(
      `--input-json ${key}: the value is not valid JSON at line ${line}, column ${column}`,
      'For a plain string use --input.',
    )
  }
  const fits = Array.isArray(value) || ['number', 'boolean', 'string'].includes(typeof value)
  if (!fits) throw usageError(`--input-json ${key}: an input is a string, a number, a boolean or an array`)
}

/** The form value of an input: a string as it is, anything else as JSON. */
export function encodeInput(value: string | number | boolean | readonly unknown[]): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The inputs to send: --input, then --input-json. Throws a usage error that names the flag. */
export function collectInputs(flags: Pick<RunFlags, 'input' | 'inputJson'>): Input[] {
  const strings = (flags.input ?? []).map((text) => ({
    ...parsePair(text, '--input'),
    origin: flag('--input'),
  }))
  const others = (flags.inputJson ?? []).map((text) => {
    const { key, value } = parsePair(text, '--input-json')
    checkJson(key, value)
    // A JSON string is sent without its quotes, as with --input.
    const sent = value.trim().startsWith('"') ? (JSON.parse(value) as string) : value
    return { key, value: sent, origin: flag('--input-json') }
  })
  const seen = new Set<string>()
  for (const { key, origin } of [...strings, ...others]) {
    if (seen.has(key)) throw usageError(`${origin}: the input ${key} is given twice`)
    seen.add(key)
  }
  return [...strings, ...others]
}
