import { isKeyOf } from '../core/keys-of.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const longest = 24 * units.h

/** A length of time in ms, written as `90s`, `1.5m`, `500ms`, `2h`, `90d` or `12w`; NaN for anything else. */
function lengthIn(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)([a-z]+)$/.exec(text) ?? []
  return isKeyOf(units, unit) ? Number(count) * units[unit] : NaN
}

/**
 * Parses a span such as `90d`, `12w` or `6h` to milliseconds. Undefined for 0 and anything else, a bare number too: where days are usual, it
 * must not be taken for seconds, since what is older is forgotten.
 */
export function parseSpan(text: string): number | undefined {
  const ms = lengthIn(text)
  return ms >= 1 ? ms : undefined
}

/** How to write a span: of a bare number, how many days it most likely means; of anything else as the `examples` show. */
export function spanHint(text: string, examples: string): string {
  return /^[1-9]\d{0,5}$/.test(text)
    ? `Write ${text}d for ${text} days: a number alone would be seconds.`
    : examples
}

/**
 * Parses a duration such as `90`, `90s`, `1.5m`, `500ms` or `2h` to milliseconds; a bare number is seconds.
 * Throws a usage error that names `where` unless it is more than 0, or 0 where that `mayBeZero`, and at most
 * 24 hours.
 */
export function parseDuration(text: string, where: string, mayBeZero = false): number {
  const ms = lengthIn(/^[\d.]+$/.test(text) ? `${text}s` : text)
  if (!(ms >= 1 && ms <= longest) && !(mayBeZero && ms === 0)) {
    throw wrongValue(
      where,
      text,
      'not a duration',
      `Write it as 90, 90s, 2m, 1.5h or 1d: ${mayBeZero ? '' : 'more than 0, '}at most 24h.`,
    )
  }
  return ms
}
