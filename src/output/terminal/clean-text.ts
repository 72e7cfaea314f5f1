import type { Context } from '../../core/context.ts'
import { breakCommands } from '../../core/text/ci-commands.ts'
import { dropControlStrings } from '../../core/text/control-strings.ts'
import { escapeCharacters, isPlain } from '../../core/text/escape-char.ts'
import { jsonLine } from '../../core/text/json-line.ts'
import type { Links } from './links.ts'

/** The colour sequences of chalk, and links; all others are escaped. */
const ownForms = /(\x1b\[\d{1,3}m|\x1b\]8;;[!-~]*\x1b\\)/

/** Escapes everything in `text` that controls a terminal, except colours and the links of this run. */
function escapeExceptOwn(text: string, links?: Links): string {
  if (isPlain(text)) return text
  const isLink = links?.inText()
  const isOwn = (part: string): boolean => part.startsWith('\x1b[') || isLink?.(part) === true
  return text
    .split(ownForms)
    .map((part, index) => (index % 2 === 1 && isOwn(part) ? part : escapeCharacters(part)))
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

/** What a stream wants of its texts, besides what holds for all. */
export interface TextRules {
  /** Masks more, after the secrets. */
  mask?: (text: string) => string
  /** The links that may be in it; undefined for none. */
  links?: Links | undefined
}

/**
 * A text as it may be written: secrets masked, control strings dropped, control characters escaped, and nothing in it that a CI system would
 * execute. The strings go first, since one may stand in the middle of a secret.
 */
export function cleanText(
  text: string,
  { secrets, env }: Pick<Context, 'secrets' | 'env'>,
  { mask = (each) => each, links }: TextRules = {},
): string {
  const shown = isPlain(text) ? text : dropControlStrings(text, links?.inText())
  return breakCommands(escapeExceptOwn(mask(redact(shown, secrets)), links), env)
}

/** The same for a text that another program takes, as a crontab line: the user's own words, which must stay what they are. */
export function cleanForm(text: string, secrets: Context['secrets']): string {
  return escapeExceptOwn(redact(text, secrets))
}
