import { usageError } from '../../core/errors.ts'
import type { Origin } from '../setting.ts'

/** A pipeline variable. The value is valid UTF-8 without NUL, exactly as given. */
export interface Variable {
  key: string
  value: string
  origin: Origin
  /** How the value was given. --dry-run shows typed values only. */
  source: { kind: 'typed' | 'data' | 'environment' } | { kind: 'file'; path: string }
}

/** GitLab's limits. Beyond them it answers 400 or 500, or drops data (docs/gitlab.md#10.5). */
export const limits = {
  /** Parts of one form: token, ref, variables and inputs. */
  parts: 4095,
  /** Bytes of all variable names together. */
  keyBytes: 65_536,
  /** Bytes of the whole form. */
  formBytes: 16 * 1024 * 1024,
} as const

/** Upper limit for the bytes around a value in the form. */
const valueOverhead = 150

const keyRule = /^[A-Za-z0-9_]{1,255}$/

/**
 * Throws a usage error for a name that GitLab would reject or change, and for TRIGGER_PAYLOAD, which makes a
 * failed pipeline (docs/gitlab.md#2.8).
 */
export function checkKey(key: string, where: string): void {
  if (key === '') throw usageError(`${where}: the name of the variable is empty`)
  if (!keyRule.test(key)) {
    throw usageError(
      `${where}: "${key.slice(0, 60)}" cannot be the name of a variable`,
      'GitLab accepts letters, digits and _, at most 255 of them.',
    )
  }
  if (key === 'TRIGGER_PAYLOAD') {
    throw usageError(
      `${where}: TRIGGER_PAYLOAD is set by GitLab itself`,
      'A second one makes the pipeline fail; use another name.',
    )
  }
}

/** The error for a value that is not valid UTF-8. */
export const noUtf8 = (where: string, hint: string): Error =>
  usageError(`${where}: the value is not valid UTF-8, which GitLab refuses`, hint)

/** Throws a usage error for a value that GitLab would reject: with a NUL or a lone surrogate. */
export function checkValue(text: string, where: string): void {
  if (text.includes('\0')) throw usageError(`${where}: the value holds a NUL byte, which GitLab refuses`)
  if (!text.isWellFormed()) throw noUtf8(where, 'Encode it, for example as base64.')
}

/**
 * Checks a value from argv or the environment. Also throws a usage error if it contains U+FFFD, by which Node
 * irrecoverably replaces undecodable bytes there (docs/guarantees.md#8.4).
 */
export function checkTyped(
  text: string,
  where: string,
  hint = 'Put it into a file (--var-file KEY=PATH), encoded as UTF-8 or base64.',
): void {
  checkValue(text, where)
  if (text.includes('\uFFFD')) {
    throw noUtf8(where, hint)
  }
}

/** Throws a usage error if variables and inputs together exceed one of GitLab's limits. */
export function checkLimits(
  variables: readonly { key: string; value: string }[],
  inputs: readonly { key: string; value: string }[],
): void {
  const fields = [...variables, ...inputs]
  const maxFields = limits.parts - 2
  if (fields.length > maxFields) {
    const what =
      inputs.length === 0 ? `${variables.length} variables` : `${fields.length} variables and inputs`
    throw usageError(`${what} are more than GitLab accepts (${maxFields})`)
  }
  const formBytes = fields.reduce(
    (sum, { key, value }) => sum + key.length + Buffer.byteLength(value) + valueOverhead,
    0,
  )
  if (formBytes > limits.formBytes) {
    throw usageError(
      `the values together are ${formBytes} bytes; GitLab accepts ${limits.formBytes}`,
      'Store large data elsewhere (a package registry, an object store) and pass its address.',
    )
  }
  const keyBytes = variables.reduce((sum, { key }) => sum + key.length, 0)
  if (keyBytes > limits.keyBytes) {
    throw usageError(
      `the names of all variables together are ${keyBytes} bytes; GitLab accepts ${limits.keyBytes}`,
      'Use shorter names, or put several values into one variable.',
    )
  }
}
