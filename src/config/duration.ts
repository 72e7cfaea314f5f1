import { usageError } from '../core/errors.ts'
import { isKeyOf } from '../core/keys-of.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
const longest = 24 * units.h

const dayMs = 24 * units.h
const spans = { h: units.h, d: dayMs, w: 7 * dayMs } as const

/** Milliseconds of a span of the calendar as people type it: `90d`, `12w`, `6h`; more than 0. Undefined for anything else. */
export function spanIn(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? []
  const ms = isKeyOf(spans, unit) ? Number(count) * spans[unit] : 0
  return ms > 0 ? ms : undefined
}

/**
 * Milliseconds of a duration as people type it: `90`, `90s`, `1.5m`, `500ms`, `2h`; a bare number is seconds. More than 0
 * and at most 24 hours. Throws a usage error that names `where`.
 */
export function parseDuration(text: string, where: string): number {
  const [, count, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text) ?? []
  const ms = isKeyOf(units, unit) ? Number(count) * units[unit] : NaN
  if (!(ms >= 1 && ms <= longest)) {
    throw usageError(
      `${where}: not a duration`,
      'Write it as 90s, 2m, 1.5h or 500ms: more than 0, at most 24h.',
    )
  }
  return ms
}
