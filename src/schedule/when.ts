import { Cron } from 'croner'
import { usageError, type TriggerError } from '../core/errors.ts'

/** The numbers from `from` to `to` in steps of `step`. */
export interface Span {
  from: number
  to: number
  step: number
}

/** A field of a cron expression: the listed numbers, or `all`. */
export type Field = 'all' | Span[]

/** A cron expression, normalised to a form that cron, Kubernetes, GitLab and GitHub read alike. */
export interface When {
  /** The five fields with numbers only; Sunday is 0. */
  text: string
  minute: Field
  hour: Field
  day: Field
  month: Field
  weekday: Field
}

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** The name of a field, its limits, and names for its numbers. */
interface FieldRule {
  name: 'minute' | 'hour' | 'day' | 'month' | 'weekday'
  low: number
  high: number
  names: readonly string[]
}

const fields: readonly FieldRule[] = [
  { name: 'minute', low: 0, high: 59, names: [] },
  { name: 'hour', low: 0, high: 23, names: [] },
  { name: 'day', low: 1, high: 31, names: [] },
  { name: 'month', low: 1, high: 12, names: months },
  { name: 'weekday', low: 0, high: 7, names: weekdays },
]

function invalid(why: string): TriggerError {
  return usageError(`--at: ${why}`, 'Write minute, hour, day, month and weekday, as "30 0 * * *".')
}

function numberOf(text: string, { name, low, high, names }: FieldRule): number {
  const named = names.indexOf(text.toLowerCase())
  const number = named >= 0 ? named + (name === 'month' ? 1 : 0) : /^\d{1,2}$/.test(text) ? Number(text) : NaN
  if (!(number >= low && number <= high))
    throw invalid(`"${text.slice(0, 20)}" is not a valid ${name} (${low} to ${high})`)
  return number
}

function spanOf(text: string, rule: FieldRule): Span {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(text)
  if (!match) throw invalid(`"${text.slice(0, 20)}" is not a valid ${rule.name}`)
  const [, star, first = '', last, every] = match
  const step = Number(every ?? 1)
  if (step === 0) throw invalid(`"${text}": every 0th`)
  if (star !== undefined) return { from: rule.low, to: rule.name === 'weekday' ? 6 : rule.high, step }
  // Some cron programs read 5/15 as 5-59/15, others as 5.
  if (every !== undefined && last === undefined) throw invalid(`"${text}": a step needs a range, as 5-59/15`)
  const from = numberOf(first, rule)
  const to = last === undefined ? from : numberOf(last, rule)
  if (to < from) throw invalid(`"${text}": the range ends before it begins`)
  return { from, to, step }
}

function isAll(field: Span[], { low, high, name }: FieldRule): boolean {
  const most = name === 'weekday' ? 6 : high
  return field.some(({ from, to, step }) => from === low && to >= most && step === 1)
}

/**
 * Lists weekdays one by one or as one range. It replaces 7 for Sunday, which Kubernetes and GitHub do not
 * accept, and steps, which few people understand for weekdays.
 */
function weekdaysOf(field: Span[]): Span[] {
  const days = weekdays.flatMap((_, day) => {
    const isIn = ({ from, to, step }: Span): boolean =>
      [day, day === 0 ? 7 : day].some((each) => each >= from && each <= to && (each - from) % step === 0)
    return field.some(isIn) ? [day] : []
  })
  const [from = 0] = days
  const to = days.at(-1) ?? 0
  const isRange = days.length > 2 && to - from === days.length - 1
  return isRange ? [{ from, to, step: 1 }] : days.map((day) => ({ from: day, to: day, step: 1 }))
}

function fieldOf(text: string, rule: FieldRule): Field {
  const spans = text.split(',').map((part) => spanOf(part, rule))
  if (isAll(spans, rule)) return 'all'
  const listed = rule.name === 'weekday' ? weekdaysOf(spans) : spans
  return isAll(listed, rule) ? 'all' : listed
}

function textOf(field: Field, rule: FieldRule): string {
  if (field === 'all') return '*'
  return field
    .map(({ from, to, step }) => {
      const range = from === to ? String(from) : from === rule.low && to === rule.high ? '*' : `${from}-${to}`
      return step === 1 || from === to ? range : `${range}/${step}`
    })
    .join(',')
}

/** The next time after `now` (ms since 1970) in a time zone. Undefined if there is none. */
export function nextTime({ text }: Pick<When, 'text'>, zone: string, now: number): Date | undefined {
  return new Cron(text, { timezone: zone }).nextRun(new Date(now)) ?? undefined
}

/** Parses a cron expression. Throws a usage error if it is invalid or read differently by cron programs. */
export function parseWhen(expression: string): When {
  const text = expression.trim()
  if (text.toLowerCase() === '@reboot') throw invalid('@reboot is not a time')
  const words = (nicknames[text.toLowerCase()] ?? text).split(/\s+/)
  if (words.length !== 5)
    throw invalid(`expected 5 fields, got ${text === '' ? 0 : words.length} in "${text.slice(0, 40)}"`)
  const parsed = fields.map((rule, at) => fieldOf(words[at] ?? '', rule))
  const [minute = 'all', hour = 'all', day = 'all', month = 'all', weekday = 'all'] = parsed
  const when: When = {
    text: fields.map((rule, at) => textOf(parsed[at] ?? 'all', rule)).join(' '),
    minute,
    hour,
    day,
    month,
    weekday,
  }
  const [, , dayWord = '', , weekdayWord = ''] = words
  if (day !== 'all' && weekday !== 'all' && `${dayWord}${weekdayWord}`.includes('*')) {
    throw invalid(
      `"${text}" has a step of all days together with a weekday: cron programs differ on what that means`,
    )
  }
  if (!nextTime(when, 'UTC', 0)) throw invalid(`"${text}" names a day that does not exist`)
  return when
}
