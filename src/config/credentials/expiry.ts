import { usageError } from '../../core/errors.ts'
import { spanIn } from '../duration.ts'

const hint = 'Write it as 2027-01-31, 2027-01-31T12:00:00Z or 90d; or never.'

/** A date that the calendar has: JavaScript makes the 2nd of March of the 30th of February. */
function dateIn(text: string): number {
  const ms = Date.parse(text)
  const isReal =
    !Number.isNaN(ms) && new Date(Date.parse(text.slice(0, 10))).toISOString().startsWith(text.slice(0, 10))
  return isReal ? ms : NaN
}

/**
 * When a token is to expire, as ISO 8601; null for never. A date means the beginning of that day in UTC, as GitLab reads it; a span counts from
 * `now`, in ms. Throws a usage error for anything else, and for what is over.
 */
export function parseExpiry(text: string, now: number): string | null {
  if (text === 'never') return null
  const span = spanIn(text)
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
  const at = span === undefined ? (isDate ? dateIn(text) : NaN) : now + span
  if (Number.isNaN(at)) throw usageError('--expires: not a date', hint)
  if (at <= now) throw usageError('--expires: that is over already', hint)
  return new Date(at).toISOString()
}
