import type { Context } from '../../core/context.ts'
import { escapeJson } from '../terminal/escape.ts'

/** An object as one line of JSON that is safe on a terminal. Secrets are masked before JSON escapes them. */
export function jsonLine(value: unknown, secrets: Context['secrets']): string {
  const redact = (_: string, each: unknown): unknown =>
    typeof each === 'string' ? secrets.redact(each) : each
  return `${escapeJson(JSON.stringify(value, redact))}\n`
}
