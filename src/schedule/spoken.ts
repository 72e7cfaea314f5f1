import cronstrue from 'cronstrue'
import { nextTime, type When } from './when.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

/** The time zone of this process, such as Europe/Berlin; UTC if TZ is unknown, as for the system's clock. */
export function localZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  return zone === undefined || zone === 'Etc/Unknown' ? 'UTC' : zone
}

/** Validates a time zone. Throws a usage error if it is unknown. */
export function parseZone(zone: string): string {
  try {
    // Newer versions of Node accept +02:00, but cron, systemd and Kubernetes do not.
    if (!/^[a-z]/i.test(zone)) throw new RangeError('not a name')
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
    // Node replaces new names by old ones (Asia/Calcutta), which other machines may lack.
    return known.toLowerCase() === zone.toLowerCase() ? known : zone
  } catch {
    throw wrongValue('--timezone', zone, 'not a time zone', 'Write it as Europe/Berlin, or UTC.')
  }
}

/** A time in a time zone: `Wed 25 Nov 2026, 00:30`. */
function localTimeText(moment: Date, zone: string): string {
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

/** Describes a cron expression and its next time after `now` (ms since 1970) in one sentence. */
export function describeSchedule(when: When, zone: string, now: number): string {
  const description = cronstrue.toString(when.text, { use24HourTimeFormat: true, verbose: true })
  const eitherNote = when.day !== 'all' && when.weekday !== 'all' ? ' (either is enough)' : ''
  const next = nextTime(when, zone, now)
  return `${description}${eitherNote}; next: ${next ? localTimeText(next, zone) : 'never'} (${zone}).`
}
