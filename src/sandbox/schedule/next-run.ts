const minute = 60_000
/** So far ahead a moment is looked for, in minutes: February 29 comes every eight years at least. */
const most = 8 * 366 * 24 * 60

const names = [
  ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
]

/** The values of a field; undefined for what no five fields of numbers, names, lists, ranges and steps say. */
function valuesOf(field: string, from: number, to: number): ReadonlySet<number> | undefined {
  const text = names.flat().reduce((rest, name) => {
    const value = names.map((each) => each.indexOf(name)).find((at) => at >= 0)
    return name === '' ? rest : rest.replaceAll(name, String(value))
  }, field.toLowerCase())
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [whole, first, last, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/([1-9]\d*))?$/.exec(part) ?? []
    if (whole === undefined) return undefined
    const isOpen = first === undefined || (last === undefined && step !== undefined)
    const end = isOpen ? to : Number(last ?? first)
    for (let value = Number(first ?? from); value <= end; value += Number(step ?? 1)) values.add(value)
  }
  return values
}

/** How far a zone's clock is ahead of UTC at a moment, in ms; 0 for a zone that is not known. */
function aheadOf(zone: string, at: number): number {
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    const [, sign = '+', hours = '0', minutes = '0'] =
      /GMT([+-])(\d+):(\d+)/.exec(parts.format(new Date(at))) ?? []
    return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * minute
  } catch {
    return 0
  }
}

/** The first moment after `now` that a cron line with five fields means, in ms since 1970; undefined where there is none, or it cannot be read. */
export function nextRun(cron: string, zone: string, now: number): number | undefined {
  const fields = cron.trim().split(/\s+/)
  const [minutes, hours, days, months, weekdays] = (
    [
      [0, 59],
      [0, 23],
      [1, 31],
      [1, 12],
      [0, 7],
    ] as const
  ).map(([from, to], at) => valuesOf(fields[at] ?? '', from, to))
  if (!minutes || !hours || !days || !months || !weekdays || fields.length !== 5) return undefined
  // With both days given, either is enough (crontab(5)).
  const [isAnyDay, isAnyWeekday] = [fields[2] === '*', fields[4] === '*']
  const isDue = (local: Date): boolean => {
    const weekday = local.getUTCDay()
    const isDay = days.has(local.getUTCDate())
    const isWeekday = weekdays.has(weekday) || (weekday === 0 && weekdays.has(7))
    const isThisDay = isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday
    return isThisDay && months.has(local.getUTCMonth() + 1)
  }
  const begin = Math.floor((now + aheadOf(zone, now)) / minute) + 1
  for (let at = begin; at < begin + most; at += 1) {
    const local = new Date(at * minute)
    if (!isDue(local)) at += 24 * 60 - 1 - (at % (24 * 60))
    else if (hours.has(local.getUTCHours()) && minutes.has(local.getUTCMinutes()))
      return at * minute - aheadOf(zone, at * minute - aheadOf(zone, now))
  }
  return undefined
}
