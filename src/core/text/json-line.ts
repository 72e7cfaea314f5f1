import { breakJsonCommands } from './ci-commands.ts'
import { escapeJson } from './escape-char.ts'
import type { RedactedText, SecretRegistry } from '../secret.ts'

/**
 * A value as one line of JSON that is safe on a terminal and in the log of a CI job. Secrets are masked before JSON escapes them, and in
 * texts only: a number that looks like one is no secret.
 */
export function jsonLine(value: unknown, secrets: Pick<SecretRegistry, 'redact'>): RedactedText {
  const redact = (_: string, each: unknown): unknown =>
    typeof each === 'string' ? secrets.redact(each) : each
  return `${breakJsonCommands(escapeJson(JSON.stringify(value, redact)))}\n` as RedactedText
}

/** The same for several values, a line each. */
export function jsonLines(values: readonly unknown[], secrets: Pick<SecretRegistry, 'redact'>): RedactedText {
  return values.map((value) => jsonLine(value, secrets)).join('') as RedactedText
}
