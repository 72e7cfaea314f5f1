import cronstrue from 'cronstrue'
import { usageError } from '../core/errors.ts'
import { nextTime, type When } from './when.ts'

/** The time zone of this process, as Europe/Berlin. One that nobody knows (TZ) is UTC for the system's clock too. */
export function localZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  return zone === undefined || zone === 'Etc/Unknown' ? 'UTC' : zone
}

/** A time zone that was typed. Throws a usage error for one that nobody knows. */
export function parseZone(zone: string): string {
  try {
    // Newer Nodes take +02:00 too, which others do not.
    if (!/^[a-z]/i.test(zone)) throw new RangeError('not a name')
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
    // Node gives old names for new ones (Asia/Calcutta), which other machines need not have.
    return known.toLowerCase() === zone.toLowerCase() ? known : zone
  } catch {
    throw usageError('--timezone: there is no such time zone', 'Write it as Europe/Berlin, or UTC.')
  }
}

/** A moment by the clock of a time zone: `Wed 25 Nov 2026, 00:30`. */
function clock(moment: Date, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]))
  const { weekday = '', day = '', month = '', year = '', hour = '', minute = '' } = part
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}`
}

/** A cron expression in words, with the next time after `now` (ms since 1970) and the time zone: one sentence. */
export function sayWhen(when: When, zone: string, now: number): string {
  const words = cronstrue.toString(when.text, { use24HourTimeFormat: true, verbose: true })
  const either = when.day !== 'all' && when.weekday !== 'all' ? ' (one of the two is enough)' : ''
  const next = nextTime(when, zone, now)
  return `${words}${either}; next: ${next ? clock(next, zone) : 'never'} (${zone}).`
}
