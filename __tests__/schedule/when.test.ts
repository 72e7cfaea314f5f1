import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { onCalendarValues } from '../../src/schedule/calendar.ts'
import { nextTime, parseWhen } from '../../src/schedule/when.ts'
import { install } from '../helpers/debian.ts'
import { run } from '../helpers/run.ts'
import { spawnClient } from '../helpers/spawn.ts'
import { holds } from '../helpers/property.ts'

install('systemd-analyze', 'systemd')

const server = ['--server', 'https://gitlab.example.com', '--project', '9', '--ref', 'master']

const scheduled = (at: string, ...more: string[]): ReturnType<typeof run> =>
  run(['schedule', 'kubernetes', ...server, '--at', at, '--timezone', 'Europe/Berlin', ...more])

describe('a cron expression is read back in words, with the next time', () => {
  // The clock of the tests stands at Sunday 2026-11-22, 13:00 in Berlin.
  test.each([
    ['30 0 * * *', 'At 00:30, every day; next: Mon 23 Nov 2026, 00:30 (Europe/Berlin).'],
    ['@daily', 'At 00:00, every day; next: Mon 23 Nov 2026, 00:00 (Europe/Berlin).'],
    ['0 6 * * mon-fri', 'At 06:00, Monday through Friday; next: Mon 23 Nov 2026, 06:00 (Europe/Berlin).'],
    ['0 22 * * 7', 'At 22:00, only on Sunday; next: Sun 22 Nov 2026, 22:00 (Europe/Berlin).'],
    [
      '*/15 * * * *',
      'Every 15 minutes, every hour, every day; next: Sun 22 Nov 2026, 13:15 (Europe/Berlin).',
    ],
    ['0 0 1 * 1', /day 1 of the month, and on Monday \(either is enough\); next: Mon 23 Nov/],
    ['30 2 29 2 *', /next: Tue 29 Feb 2028, 02:30/],
    // In Berlin the clock goes from 02:00 to 03:00 on this day.
    ['30 2 28 3 *', /next: Sun 28 Mar 2027, 03:00/],
  ])('%s', async (at, words) => {
    const { code, stderr } = await scheduled(at)
    expect(code).toBe(0)
    expect(stderr.split('\n')[0]).toMatch(words)
  })
})

test.each([
  ['0 6 * * MON-FRI', '0 6 * * 1-5'],
  ['0 0 * * 5-7', '0 0 * * 0,5,6'],
  ['0 0 * * 0-7', '0 0 * * *'],
  ['0 0 * JAN,mar 1-7/2', '0 0 * 1,3 0,1,3,5'],
  ['  0   0 * * sun ', '0 0 * * 0'],
  ['@yearly', '0 0 1 1 *'],
  ['1-59/2 */3 1-31/10 * *', '1-59/2 */3 1-31/10 * *'],
])('%s is %s for every cron', (typed, text) => {
  expect(parseWhen(typed).text).toBe(text.replace('1-31/10', '*/10'))
})

test.each([
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['europe/berlin', 'Europe/Berlin'],
  ['utc', 'UTC'],
])('the time zone %s is %s', async (typed, zone) => {
  const { stdout, stderr } = await run(['schedule', 'systemd', ...server, '--timezone', typed])
  expect(stdout).toContain(`\nOnCalendar=*-*-* 00:30:00 ${zone}\n`)
  expect(stderr).toContain(`(${zone}).\n`)
})

test.each([
  ['cron', true],
  ['systemd', true],
  ['curl', true],
  ['kubernetes', false],
  ['github-actions', false],
])('%s: TZ of this environment is not that of cron: %s', async (form, isSaid) => {
  const { stderr } = await run(['schedule', form, ...server, '--at', '@daily'], { env: { TZ: 'UTC' } })
  expect(stderr.includes("The machine's own time zone applies there, not TZ")).toBe(isSaid)
})

test('a TZ that nobody knows is UTC', async () => {
  const { code, stderr } = await spawnClient(['schedule', 'kubernetes', ...server], {
    env: { TZ: 'Nowhere/Town' },
  })
  expect(code).toBe(0)
  expect(stderr).toContain('00:30 (UTC).')
})

describe('what cron would refuse, or two of them would read differently, is refused', () => {
  test.each([
    ['60 * * * *', '"60" is not a valid minute (0 to 59)'],
    ['* 24 * * *', '"24" is not a valid hour (0 to 23)'],
    ['* * 0 * *', '"0" is not a valid day (1 to 31)'],
    ['* * * 13 *', '"13" is not a valid month (1 to 12)'],
    ['* * * * 8', '"8" is not a valid weekday (0 to 7)'],
    ['* * * * monday', '"monday" is not a valid weekday'],
    ['* * * *', 'expected 5 fields, got 4 in "* * * *"'],
    ['0 0 * * * 2027', 'expected 5 fields, got 6 in "0 0 * * * 2027"'],
    ['', 'expected 5 fields, got 0 in ""'],
    ['@reboot', '@reboot is not a time'],
    ['@sometimes', 'expected 5 fields'],
    ['5/15 * * * *', 'a step needs a range'],
    ['30-10 * * * *', 'ends before it begins'],
    ['*/0 * * * *', 'every 0th'],
    ['0 0 L * *', '"L" is not a valid day'],
    ['0 0 30 2 *', '"0 0 30 2 *" names a day that does not exist'],
    ['0 0 */2 * 1', 'cron programs differ'],
    ['0 0 1 * */2', 'cron programs differ'],
    ['0 0 ? * *', 'is not a valid day'],
  ])('%s', async (at, says) => {
    const { code, stdout, stderr } = await scheduled(at)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--at: ')
    expect(stderr).toContain(says)
  })

  test.each(['Europe/Atlantis', '', '+02:00'])('the time zone %j', async (zone) => {
    const line = ['schedule', 'systemd', ...server, '--timezone', zone]
    expect(await run(line)).toMatchObject({ code: 2, stdout: '' })
  })

  test.each([
    ['cron', "the machine's"],
    ['github-actions', 'UTC'],
  ])('a time zone for %s, which knows only %s', async (form) => {
    expect((await run(['schedule', form, ...server, '--timezone', 'UTC'])).code).toBe(2)
  })
})

/** The next times of a calendar event after a moment, by systemd, in ms since 1970. */
function systemdTimes(events: readonly string[], from: number, count: number): number[] {
  const base = new Date(from).toISOString().slice(0, 19).replace('T', ' ')
  const args = ['calendar', `--iterations=${count}`, `--base-time=${base} UTC`, ...events]
  const output = execFileSync('systemd-analyze', args, {
    encoding: 'utf8',
    env: { TZ: 'UTC', PATH: '/usr/bin:/bin' },
  })
  const times = [...output.matchAll(/(?:elapse|Iter\. #\d+): \w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g)]
  return times.map(([, day = '', time = '']) => Date.parse(`${day}T${time}Z`)).sort((a, b) => a - b)
}

function cronTimes(text: string, from: number, count: number): number[] {
  const times: number[] = []
  for (let at = from; times.length < count;) {
    const next = nextTime({ text }, 'UTC', at)
    if (!next) return times
    at = next.getTime()
    times.push(at)
  }
  return times
}

test('systemd elapses when cron would: random expressions, both ways of computing', () => {
  const within = (low: number, high: number): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.integer({ min: low, max: high }),
        fc.integer({ min: low, max: high }),
        fc.integer({ min: 1, max: 9 }),
      )
      .chain(([a, b, step]) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        return fc.constantFrom(`${from}`, `${from}-${to}`, `${from}-${to}/${step}`, `*/${step}`, '*')
      })
  const listed = (low: number, high: number): fc.Arbitrary<string> =>
    fc.array(within(low, high), { minLength: 1, maxLength: 2 }).map((parts) => parts.join(','))
  const from = Date.UTC(2026, 10, 22, 12)
  const expression = fc.tuple(listed(0, 59), listed(0, 23), listed(1, 28), listed(1, 12), listed(0, 7))
  holds(
    fc.property(expression, fc.boolean(), ([minute, hour, day, month, weekday], byDay) => {
      const text = byDay ? `${minute} ${hour} ${day} ${month} *` : `${minute} ${hour} * ${month} ${weekday}`
      const when = parseWhen(text)
      const [event = ''] = onCalendarValues(when, undefined)
      expect(systemdTimes([event], from, 4)).toEqual(cronTimes(when.text, from, 4))
    }),
    40,
  )
})

test.each([
  ['0 0 * * 0-2', 'Sun,Mon..Tue'],
  ['0 0 * * 5-7', 'Sun,Fri,Sat'],
  ['0 0 * * 1-5', 'Mon..Fri'],
  ['0 0 * * 7', 'Sun'],
  ['0 0 * * */2', 'Sun,Tue,Thu,Sat'],
])('weekdays of %s for systemd: %s', (text, days) => {
  const from = Date.UTC(2026, 10, 22, 12)
  const events = onCalendarValues(parseWhen(text), undefined)
  expect(events).toEqual([`${days} *-*-* 00:00:00`])
  expect(systemdTimes(events, from, 4)).toEqual(cronTimes(text, from, 4))
})

test('day or weekday: cron takes either, and so do two events of systemd', () => {
  const when = parseWhen('30 0 1,15 * 1')
  const events = onCalendarValues(when, undefined)
  const from = Date.UTC(2026, 10, 22, 12)
  expect(events).toHaveLength(2)
  const times = [...new Set(systemdTimes(events, from, 8))].sort((a, b) => a - b)
  expect(times.slice(0, 6)).toEqual(cronTimes(when.text, from, 6))
})
