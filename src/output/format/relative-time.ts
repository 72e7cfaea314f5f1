const minute = 60_000
const day = 24 * 60 * minute

/** The length of each unit, and the smallest duration expressed in it, in ms. */
const units = [
  { name: 'year', ms: 365 * day, from: 730 * day },
  { name: 'month', ms: 30 * day, from: 60 * day },
  { name: 'day', ms: day, from: day },
  { name: 'hour', ms: 60 * minute, from: 60 * minute },
  { name: 'minute', ms: minute, from: minute },
] as const

/** A time (ISO 8601) relative to `now` (in ms): `3 days ago`, `in 2 hours`, `just now`. */
export function fromNow(iso: string, now: number): string {
  const ms = now - Date.parse(iso)
  const unit = units.find(({ from }) => Math.abs(ms) >= from)
  if (!unit) return 'just now'
  const count = Math.floor(Math.abs(ms) / unit.ms)
  const span = `${count} ${unit.name}${count === 1 ? '' : 's'}`
  return ms > 0 ? `${span} ago` : `in ${span}`
}
