import { usualParallel } from '../../src/commands/batch.ts'
import {
  defaultLogLines,
  defaultPollGraceMs,
  defaultReportMs,
  defaultRetryGraceMs,
} from '../../src/config/follow-plan.ts'
import { parseDuration } from '../../src/config/duration.ts'
import { defaultRetries, defaultTimeoutMs } from '../../src/config/plan-values.ts'
import { run } from '../helpers/run.ts'

// What help says of a default is the one that the code has.

/** What help says behind "default:" of each flag of a command. */
async function defaultsOf(command: string): Promise<Map<string, string>> {
  const { stdout } = await run(`${command} --help`)
  const options = stdout.replace(/\nExamples:[^]*/, '').split(/\n {2}(?=-)/)
  return new Map(
    options.flatMap((text) => {
      const [, flag = ''] = /^(?:-\w, )?(--[\w-]+)/.exec(text) ?? []
      const [, value] = /\(default: ([^)]*)\)/.exec(text.replaceAll(/\s+/g, ' ')) ?? []
      return value === undefined ? [] : [[flag, value] as const]
    }),
  )
}

test.each<[command: string, flag: string, real: number]>([
  ['run', '--timeout', defaultTimeoutMs],
  ['run', '--report-timeout', defaultReportMs],
  ['run', '--retry-grace', defaultRetryGraceMs],
  ['run', '--poll-grace', defaultPollGraceMs],
  ['wait', '--retry-grace', defaultRetryGraceMs],
  ['wait', '--poll-grace', defaultPollGraceMs],
  ['status', '--timeout', defaultTimeoutMs],
  ['schedule curl', '--timeout', defaultTimeoutMs],
])('%s --help: the default of %s', async (command, flag, real) => {
  expect(parseDuration((await defaultsOf(command)).get(flag) ?? '', flag)).toBe(real)
})

test.each<[command: string, flag: string, real: string]>([
  ['run', '--retry', String(defaultRetries)],
  ['run', '--log-lines', String(defaultLogLines)],
  ['batch', '--parallel', String(usualParallel)],
  ['batch', '--rate', '25 on gitlab.com'],
  ['batch', '--graph', 'tree'],
  ['run', '--on-manual', 'fail'],
  ['run', '--queue-timeout', 'none'],
  ['run', '--run-timeout', 'none'],
  ['run', '--poll-interval', 'adaptive'],
  ['run', '--api', 'auto: v3 where v4 is missing'],
  ['run', '--artifacts-max-size', '1GiB, or 100 times its size'],
  ['pipelines', '--limit', '20'],
  ['projects', '--limit', '100'],
  ['schedule cron', '--at', '30 0 * * *'],
])('%s --help: the default of %s is %s', async (command, flag, real) => {
  expect((await defaultsOf(command)).get(flag)).toBe(real)
})
