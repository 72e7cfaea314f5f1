import { parseSpan, spanHint } from '../duration.ts'
import { wrongValue } from '../../core/text/wrong-value.ts'

const hint = 'Write it as 2027-01-31, 2027-01-31T12:00:00Z or 90d; or never.'

/** Parses a date to milliseconds. NaN for February 30 and the like, which JavaScript would shift. */
function dateIn(text: string): number {
  const ms = Date.parse(text)
  const isReal =
    !Number.isNaN(ms) && new Date(Date.parse(text.slice(0, 10))).toISOString().startsWith(text.slice(0, 10))
  return isReal ? ms : NaN
}

/**
 * Parses the expiry of a token to ISO 8601; null for `never`. A date means 00:00 UTC, as in GitLab; a span
 * counts from `now`, in ms. Throws a usage error if it is invalid or in the past.
 */
export function parseExpiry(text: string, now: number): string | null {
  if (text === 'never') return null
  const span = parseSpan(text)
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
  const at = span === undefined ? (isDate ? dateIn(text) : NaN) : now + span
  if (Number.isNaN(at)) throw wrongValue('--expires', text, 'not a date', spanHint(text, hint))
  if (at <= now) throw wrongValue('--expires', text, 'in the past', hint)
  return new Date(at).toISOString()
}
