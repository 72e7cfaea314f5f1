import type { Field, Span, When } from './when.ts'

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const twoDigits = (number: number): string => String(number).padStart(2, '0')

function spanText({ from, to, step }: Span): string {
  const range = from === to ? twoDigits(from) : `${twoDigits(from)}..${twoDigits(to)}`
  return step === 1 || from === to ? range : `${range}/${step}`
}

function fieldText(field: Field): string {
  return field === 'all' ? '*' : field.map(spanText).join(',')
}

/** The weekdays for systemd, whose week begins on Monday: it rejects `Sun..Tue`. */
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
 * Converts a cron expression to values of systemd's OnCalendar=, in a time zone or (undefined) that of the
 * machine. Two values if day and weekday are both given: cron runs if either matches, systemd only if both
 * do.
 */
export function onCalendarValues(when: When, zone: string | undefined): string[] {
  const { minute, hour, day, month, weekday } = when
  const time = `${fieldText(hour)}:${fieldText(minute)}:00${zone === undefined ? '' : ` ${zone}`}`
  const byDay = `*-${fieldText(month)}-${fieldText(day)} ${time}`
  if (weekday === 'all') return [byDay]
  const byWeekday = `${weekdayNames(weekday)} *-${fieldText(month)}-* ${time}`
  return day === 'all' ? [byWeekday] : [byDay, byWeekday]
}
