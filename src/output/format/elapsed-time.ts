const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** A duration as `12s`, `1m 02s`, `3h 05m` or `2d 03h`. Negative values (of two clocks) count as 0. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (minutes === 0) return `${seconds}s`
  if (hours === 0) return `${minutes}m ${twoDigits(seconds % 60)}s`
  if (hours < 24) return `${hours}h ${twoDigits(minutes % 60)}m`
  return `${Math.floor(hours / 24)}d ${twoDigits(hours % 24)}h`
}

/** A time in ms since 1970 as `2026-11-22T12:00:00Z`. */
export function timestampText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** A time in ms since 1970 as a clock on the wall shows it, in the local time zone: `12:03:10`. */
export function clockText(ms: number): string {
  const at = new Date(ms)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')
}
