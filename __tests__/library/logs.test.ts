import { logs } from '../../src/index.ts'
import { LineQueue } from '../../src/library/line-queue.ts'
import { readLogs } from '../../src/library/logs.ts'
import type { LogLine, LogsOptions } from '../../src/library/options.ts'
import type { Script } from '../../src/sandbox/server.ts'
import { failureOf, useCaller } from '../helpers/library.ts'

const { gitlab, options, inTime } = useCaller()
const text = (name: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${name} ${index} größe\r\n`).join('')
const two: Script = {
  jobs: [
    { name: 'build', stage: 'build', runs: 8, log: { text: text('build', 300) } },
    {
      name: 'test',
      stage: 'test',
      runs: 3,
      statuses: ['running', 'failed'],
      log: { text: text('test', 40) },
    },
  ],
}
const endless: Script = {
  jobs: [{ name: 'build', stage: 'build', runs: 9999, log: { text: text('build', 9999) } }],
}

function add(script: Script): void {
  gitlab().script('master', script)
  gitlab().addPipeline()
}

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const taken: LogLine[] = []
  for await (const line of lines) taken.push(line)
  return taken
}

const read = (more: Partial<LogsOptions> = {}): Promise<LogLine[]> =>
  inTime((clock) => all(readLogs({ ...options(), ...more }, clock)))
const linesOf = (lines: LogLine[], job: string): string[] =>
  lines.filter((each) => each.job === job && /^\w+ \d/.test(each.line)).map(({ line }) => line)
const wanted = (job: string, count: number): string[] => text(job, count).trimEnd().split('\r\n')

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Connections to the sandbox that are still open. */
const sockets = (): unknown[] => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap')

describe('the logs of a pipeline that is over', () => {
  beforeEach(async () => {
    add(two)
    // The consumer has waited for it.
    await read({ follow: true })
  })

  test.each<[more: Partial<LogsOptions>, build: number, test: number]>([
    [{}, 300, 40],
    [{ job: 'build' }, 300, 0],
    [{ job: 9002 }, 0, 40],
    [{ job: '9002' }, 0, 40],
    [{ failed: true }, 0, 40],
    [{ follow: true }, 300, 40],
    [{ follow: true, job: 'test' }, 0, 40],
  ])('%p', async (more, build, failed) => {
    const lines = await read(more)
    expect(linesOf(lines, 'build')).toEqual(wanted('build', 300).slice(0, build))
    expect(linesOf(lines, 'test')).toEqual(wanted('test', 40).slice(0, failed))
    for (const { job, jobId } of lines) expect(jobId).toBe(job === 'build' ? 9001 : 9002)
  })

  test('the URL of a job is enough', async () => {
    const lines = await read({ pipeline: `${gitlab().url}/seed/app/-/jobs/9002`, project: undefined })
    expect(new Set(lines.map(({ job }) => job))).toEqual(new Set(['test']))
  })

  test.each([false, true])('a job that is not there, follow: %p', async (follow) => {
    const error = await failureOf(read({ job: 'biuld', follow }))
    expect(error).toMatchObject({
      exit: 'usage',
      message: 'the option job: pipeline 4711 has no job "biuld"',
    })
    expect(error.hint).toBe('Did you mean build?')
  })

  test('a log that cannot be read: the others are, and it is thrown in the end', async () => {
    gitlab().failNext({
      kind: 'answer',
      status: 403,
      path: '9001/trace',
      body: '{"message":"403 Forbidden"}',
      contentType: 'application/json',
    })
    const taken: LogLine[] = []
    const reading = inTime(async (clock) => {
      for await (const line of readLogs(options(), clock)) taken.push(line)
    })
    const error = await failureOf(reading)
    expect(error.message).toMatch(/^the log of job 9001 \(build\) cannot be read/)
    expect(linesOf(taken, 'test')).toEqual(wanted('test', 40))
  })
})

test('follow: lines come while it runs', async () => {
  add(two)
  const polls: number[] = []
  const lines = await inTime(async (clock) => {
    const taken: LogLine[] = []
    for await (const line of readLogs({ ...options(), follow: true }, clock)) {
      taken.push(line)
      polls.push(gitlab().requests.length)
    }
    return taken
  })
  expect(linesOf(lines, 'build')).toEqual(wanted('build', 300))
  expect(linesOf(lines, 'test')).toEqual(wanted('test', 40))
  expect(new Set(polls).size).toBeGreaterThan(3)
})

test('leaving the loop closes the connections, and nothing more is asked', async () => {
  add(endless)
  const before = sockets().length
  await inTime(async (clock) => {
    let [isLeaving, isLeft] = [false, false]
    const reading = (async () => {
      for await (const { line } of readLogs({ ...options(), follow: true }, clock)) {
        isLeaving = line.startsWith('build 3 ')
        if (isLeaving) break
      }
      isLeft = true
    })()
    reading.catch(() => undefined)
    // A reader that continued would do so for thousands of seconds by this clock.
    for (let turns = 0; turns < 20_000 && !isLeft; turns += isLeaving ? 1 : 0) await nextTurn()
    expect(isLeft).toBe(true)
    await reading
    const asked = gitlab().requests.length
    for (let turn = 0; turn < 50; turn += 1) await nextTurn()
    expect(gitlab().requests).toHaveLength(asked)
  })
  expect(sockets().length).toBeLessThanOrEqual(before)
})

test.each([true, false])('aborted, follow: %p', async (follow) => {
  add(follow ? endless : two)
  if (!follow) await read({ follow: true })
  const stopping = new AbortController()
  let taken = 0
  const reading = inTime(async (clock) => {
    for await (const { jobId } of readLogs({ ...options(), follow, signal: stopping.signal }, clock)) {
      taken += jobId === 9001 ? 1 : 2
      stopping.abort()
    }
  })
  const error = await failureOf(reading)
  expect(error).toMatchObject({ exit: 'interrupt', build: { kind: 'triggered' } })
  expect(error.message).toMatch(/stopped by its AbortSignal/)
  expect(taken).toBe(1)
})

test('a limit ends it', async () => {
  add(endless)
  const error = await failureOf(read({ follow: true, timeoutMs: 20_000 }))
  expect(error).toMatchObject({ exit: 'endNotSeen' })
})

test('what is not iterated asks for nothing', async () => {
  const lines = logs(options())
  await lines.return()
  expect(gitlab().requests).toEqual([])
})

test('secrets and control characters are not in them', async () => {
  const { api } = gitlab().tokens
  add({
    jobs: [{ name: 'build', stage: 'build', log: { text: `a ${api}\x1b]0;t\x07b\x1b[31mred\x1b[0m\n` } }],
  })
  const lines = await read({ follow: true })
  const shown = lines.map(({ line }) => line).join('\n')
  expect(shown).toContain('a ***')
  expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/)
  expect(shown).not.toContain(api)
})

test('no more is held than was put: the next waits until all was taken', async () => {
  const queue = new LineQueue<number>(new AbortController().signal)
  const taken = queue.taken()
  let isTaken = false
  const putting = queue.put([1, 2]).then(() => {
    isTaken = true
  })
  expect(await taken.next()).toEqual({ value: 1, done: false })
  expect(await taken.next()).toEqual({ value: 2, done: false })
  expect(isTaken).toBe(false)
  queue.end()
  expect(await taken.next()).toEqual({ value: undefined, done: true })
  await putting
  expect(isTaken).toBe(true)
})

describe.each(['8.17', '10.3'] as const)('GitLab %s', (version) => {
  const old = useCaller({ gitlab: version })
  test('the log grows, and no line comes twice', async () => {
    old.gitlab().script('master', two)
    old.gitlab().addPipeline()
    const lines = await old.inTime((clock) => all(readLogs({ ...old.options(), follow: true }, clock)))
    expect(linesOf(lines, 'build')).toEqual(wanted('build', 300))
    expect(linesOf(lines, 'test')).toEqual(wanted('test', 40))
  })
})
