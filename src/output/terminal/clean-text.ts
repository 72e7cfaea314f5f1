import type { Context } from '../../core/context.ts'
import { breakCommands } from '../../core/text/ci-commands.ts'
import { jsonLine } from '../../core/text/json-line.ts'
import { escapeControls } from './escape.ts'

/** The colour sequences of chalk; all others are escaped. */
const color = /(\x1b\[\d{1,3}m)/

/** Escapes everything in `text` that controls a terminal, except colours. */
function escapeExceptColors(text: string): string {
  return text
    .split(color)
    .map((part, index) => (index % 2 === 1 ? part : escapeControls(part)))
    .join('')
}

function parsed(line: string): unknown {
  try {
    return line.startsWith('{"') ? JSON.parse(line) : undefined
  } catch {
    return undefined
  }
}

/** Masks secrets in a line. In a line of JSON only its texts can be secrets: a number of it may look like one, and must stay a number. */
function redactLine(line: string, secrets: Context['secrets']): string {
  const redacted = secrets.redact(line)
  const value = redacted === line ? undefined : parsed(line)
  return value === undefined ? redacted : jsonLine(value, secrets).trimEnd()
}

/** Masks secrets in a text of whole lines, of which each may be JSON. */
function redact(text: string, secrets: Context['secrets']): string {
  if (!text.includes('{"')) return secrets.redact(text)
  return text
    .split('\n')
    .map((line) => redactLine(line, secrets))
    .join('\n')
}

/**
 * A text as it may be written: secrets masked, control characters escaped, and nothing in it that a CI system would execute. `mask` masks
 * more, after the secrets.
 */
export function cleanText(
  text: string,
  { secrets, env }: Pick<Context, 'secrets' | 'env'>,
  mask: (text: string) => string = (each) => each,
): string {
  return breakCommands(escapeExceptColors(mask(redact(text, secrets))), env)
}

/** The same for a text that another program takes, as a crontab line: the user's own words, which must stay what they are. */
export function cleanForm(text: string, secrets: Context['secrets']): string {
  return escapeExceptColors(redact(text, secrets))
}
