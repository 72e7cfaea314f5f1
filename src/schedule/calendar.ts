import type { Field, Span, When } from './when.ts'

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const two = (number: number): string => String(number).padStart(2, '0')

function span({ from, to, step }: Span): string {
  const range = from === to ? two(from) : `${two(from)}..${two(to)}`
  return step === 1 || from === to ? range : `${range}/${step}`
}

function list(field: Field): string {
  return field === 'all' ? '*' : field.map(span).join(',')
}

/** systemd's week begins on Monday: it refuses `Sun..Tue`. */
function weekdayNames(field: Span[]): string {
  const spans = field.flatMap((each) =>
    each.from === 0 && each.to > 0
      ? [
          { from: 0, to: 0 },
          { from: 1, to: each.to },
        ]
      : [each],
  )
  return spans
    .map(({ from, to }) => [...new Set([from, to])].map((day) => weekdays[day] ?? '').join('..'))
    .join(',')
}

/**
 * A cron expression as values of systemd's OnCalendar=, in a time zone or in the machine's own. Two where day and weekday are both given: cron
 * takes either, systemd wants both.
 */
export function calendars(when: When, zone: string | undefined): string[] {
  const { minute, hour, day, month, weekday } = when
  const time = `${list(hour)}:${list(minute)}:00${zone === undefined ? '' : ` ${zone}`}`
  const byDay = `*-${list(month)}-${list(day)} ${time}`
  if (weekday === 'all') return [byDay]
  const byWeekday = `${weekdayNames(weekday)} *-${list(month)}-* ${time}`
  return day === 'all' ? [byWeekday] : [byDay, byWeekday]
}
