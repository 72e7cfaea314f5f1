import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { runAgainstTrace, type TraceAnswer, type TracedJob } from '../helpers/trace-server.ts'

const lines = (count: number, of = 'line'): string =>
  Array.from({ length: count }, (_, at) => `${of} ${at}\n`).join('')

/** The log as it is at a look: it grows by fifty lines each time. */
const grown = (look: number): string => lines(50 * Math.min(look, 6))
const whole = grown(6)

/** As GitLab 19 answers. */
const ranged = (text: string, offset = 0, limit = Infinity): string => text.slice(offset, offset + limit)

describe('a log never outgrows what the server has, and each line comes once', () => {
  // prettier-ignore
  const rows: [name: string, trace: TracedJob['trace']][] = [
    ['offsets are ignored', ({ look }) => grown(look)],
    ['offsets are honoured', ({ look, offset, limit }) => ranged(grown(look), offset, limit)],
    ['honoured until the job is over', ({ look, offset, limit }) => (look < 6 ? ranged(grown(look), offset, limit) : grown(look))],
    ['honoured by every second server', ({ number, look, offset, limit }) => (number % 2 === 0 ? ranged(grown(look), offset, limit) : grown(look))],
    ['honoured in pieces of 1000 bytes', ({ look, offset, limit = 1000 }) => (offset === undefined ? grown(look) : ranged(grown(look), offset, Math.min(limit, 1000)))],
    ['an empty answer in between', ({ number, look }) => (number % 3 === 2 ? '' : grown(look))],
    ['a shorter answer in between', ({ number, look }) => (number % 3 === 2 ? grown(look).slice(0, 70) : grown(look))],
    ['a shorter answer in between, with offsets', ({ number, look, offset, limit }) => (number % 3 === 0 ? '' : ranged(grown(look), offset, limit))],
    ['a sign-in page in between', ({ number, look }) => (number % 3 === 2 ? { body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } } : grown(look))],
    ['a JSON error with status 200', ({ number, look }) => (number % 3 === 2 ? { body: '{"message":"x"}', headers: { 'content-type': 'application/json' } } : grown(look))],
    ['the text of another log in between', ({ number, look }) => (number % 3 === 2 ? lines(400, 'other') : grown(look))],
    ['404 in between', ({ number, look }) => (number % 3 === 2 ? { status: 404, body: '' } : grown(look))],
    ['502 in between', ({ number, look }) => (number % 3 === 2 ? { status: 502, body: '<html>' } : grown(look))],
  ]
  test.each(rows)('%s', async (_, trace) => {
    const { code, stdout, traces } = await runAgainstTrace({ endsAtLook: 6, trace }, 'logs -f 500')
    expect({ code, stdout }).toEqual({ code: 0, stdout: whole })
    expect(traces.length).toBeLessThan(60)
  })

  test('a log that repeats itself, whose offsets are ignored at the end', async () => {
    const same = (look: number): string => '.\n'.repeat(300 * Math.min(look, 6))
    const trace: TracedJob['trace'] = ({ look, offset, limit }) =>
      look < 6 ? ranged(same(look), offset, limit) : same(look)
    const { stdout } = await runAgainstTrace({ endsAtLook: 6, trace }, 'logs -f 500')
    expect(stdout).toBe(same(6))
  })
})

describe('a log is whole when its job is over and it stands still', () => {
  const lateBy = (reads: number): TracedJob['trace'] => {
    let after = 0
    return ({ look }) => (look < 3 ? 'begin\n' : (after += 1) > reads ? 'begin\nthe reason\n' : 'begin\n')
  }
  // prettier-ignore
  test.each<[name: string, job: Partial<TracedJob>, line: string, stdout: string]>([
    ['the last line comes late', { trace: lateBy(1) }, 'logs -f 500', 'begin\nthe reason\n'],
    ['without --follow', { trace: lateBy(1), endsAtLook: 1 }, 'logs 500', 'begin\n'],
    ['of one that has just ended, without --follow', { endsAtLook: 1, trace: ({ number }) => (number > 1 ? 'begin\nthe reason\n' : 'begin\n') }, 'logs 500', 'begin\nthe reason\n'],
    ['of one that ended a minute ago', { endsAtLook: 1, endedMsAgo: 60_000, trace: ({ number }) => (number > 1 ? 'begin\nlate\n' : 'begin\n') }, 'logs 500', 'begin\n'],
    ['the last lines of a failed job', { endsAtLook: 1, trace: ({ number }) => (number > 1 ? 'begin\nthe reason\n' : 'begin\n') }, 'logs --failed 500', 'unit failed\nbegin\nthe reason\n'],
  ])('%s', async (_, job, line, stdout) => {
    const done = await runAgainstTrace({ endsAtLook: 3, trace: () => '', ...job }, line)
    expect({ code: done.code, stdout: done.stdout }).toEqual({ code: 0, stdout })
  })

  test('one that never stands still is read for 30 s', async () => {
    const trace: TracedJob['trace'] = ({ number }) => lines(number)
    const { code, traces, world } = await runAgainstTrace({ trace }, 'logs 500')
    expect(code).toBe(0)
    expect(traces.filter((query) => !query.includes('limit'))).toHaveLength(7)
    expect(world.sleeps).toEqual(Array.from({ length: 6 }, () => 5000))
  })
})

describe('unreadable is not empty', () => {
  const list = (status: number, body = '{"message":"no"}'): TraceAnswer => ({ status, body })
  // prettier-ignore
  test.each<[name: string, job: Partial<TracedJob>, code: number, says: RegExp]>([
    ['the list of jobs: 403', { jobs: list(403) }, 4, /the jobs of pipeline 500 of project 9 cannot be read: 403/],
    ['401', { jobs: list(401) }, 4, /the jobs of pipeline 500 of project 9 cannot be read: 401/],
    ['404', { jobs: list(404) }, 4, /the jobs of pipeline 500 of project 9 cannot be read: 404/],
    ['500', { jobs: list(500, '') }, 6, /the jobs of pipeline 500 of project 9 cannot be read: 500/],
    ['a page', { jobs: { body: '<html>', headers: { 'content-type': 'text/html' } } }, 6, /the jobs of pipeline 500 of project 9 cannot be read: something before GitLab answered: the answer is not JSON/],
    ['an object', { jobs: list(200, '{}') }, 6, /the jobs of pipeline 500 of project 9 cannot be read/],
    ['the log: 403', { trace: () => ({ status: 403, body: '{"message":"403 Forbidden"}' }) }, 4, /the log of job 1 \(unit\) cannot be read: 403/],
    ['the log was erased', { trace: () => '', erasedAt: '2026-11-22T11:00:00Z' }, 5, /the log of job 1 \(unit\) does not exist: it was erased at 2026-11-22T11:00:00.000Z/],
    ['what comes is never a log', { trace: () => ({ body: '<html>', headers: { 'content-type': 'text/html' } }) }, 6, /the log of job 1 \(unit\) was not read completely: .*the response is not a log \(text\/html\)/],
    ['an encoding that nobody knows', { trace: () => ({ body: 'x', headers: { 'content-encoding': 'zstd' } }) }, 6, /encoded as "zstd", which was not requested/],
  ])('%s', async (_, job, code, says) => {
    for (const line of ['logs 500', 'logs --failed 500', 'logs 500 --job unit', 'logs -f 500']) {
      const done = await runAgainstTrace({ endedMsAgo: 3_600_000, trace: () => 'a log\n', ...job }, line)
      expect({ line, code: done.code }).toEqual({ line, code })
      expect(done.stderr).toMatch(says)
    }
  })

  test('wait --logs failed says so, and keeps 3', async () => {
    const { code, stderr } = await runAgainstTrace(
      { jobs: list(403), trace: () => '' },
      'wait 500 --logs failed',
    )
    expect(code).toBe(3)
    expect(stderr).toMatch(/the logs of pipeline 500 are not shown: its jobs could not be read: 403/)
  })
})

// prettier-ignore
test.each<[name: string, encoded: Buffer]>([
  ['gzip', gzipSync(whole)], ['deflate', deflateSync(whole)], ['br', brotliCompressSync(whole)], ['GZIP', gzipSync(whole)],
])('a log that something on the way has encoded: %s', async (name, body) => {
  const trace = (): TraceAnswer => ({ body, headers: { 'content-encoding': name } })
  expect(await runAgainstTrace({ trace }, 'logs 500')).toMatchObject({ code: 0, stdout: whole })
})

const time = '2026-09-26T10:42:49.140140Z'

describe('the format of runners since 18.7', () => {
  const log = [
    `${time} 00O section_start:1:x\r\x1b[0K`,
    `${time} 00O+\x1b[0K$ curl https://example.com/a/very/long`,
    `${time} 01O+/url?x=glpat-of-the-te`,
    `${time} 01E+st-0123456789`,
    `${time} 01O `,
    `${time} 01O done`,
    '',
  ].join('\n')
  // prettier-ignore
  test.each<[line: string, stdout: string]>([
    ['logs 500', '$ curl https://example.com/a/very/long/url?x=***\n\ndone\n'],
    ['logs -f 500', '$ curl https://example.com/a/very/long/url?x=***\n\ndone\n'],
    ['logs --failed 500', 'unit failed\n$ curl https://example.com/a/very/long/url?x=***\n\ndone\n'],
    ['logs 500 --lines 1 --job unit', 'done\n'],
    ['logs 500 --timestamps', `${time} $ curl https://example.com/a/very/long/url?x=***\n${time} \n${time} done\n`],
    ['logs 500 --raw', log],
  ])('%s', async (line, stdout) => {
    const done = await runAgainstTrace({ trace: () => log, endedMsAgo: 3_600_000 }, line)
    expect({ code: done.code, stdout: done.stdout }).toEqual({ code: 0, stdout })
  })

  test('the last line is shown when nothing comes after it', async () => {
    const trace: TracedJob['trace'] = ({ look }) =>
      `${time} 00O no news.\n${look < 6 ? '' : `${time} 00O+more\n`}`
    const seen: string[] = []
    const { stdout } = await runAgainstTrace({ endsAtLook: 6, trace }, 'logs -f 500', (world) => {
      const write = world.context.stdout.writeBytes.bind(world.context.stdout)
      world.context.stdout.writeBytes = (bytes) => {
        seen.push(bytes.toString())
        return write(bytes)
      }
    })
    expect(stdout).toBe('no news.\nmore\n')
    expect(seen.join('|')).toMatch(/^no news\.\n?\|/)
  })

  test('a log without times says so', async () => {
    const { code, stdout } = await runAgainstTrace(
      { trace: () => 'plain\n', endedMsAgo: 3_600_000 },
      'logs 500 --timestamps',
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'plain\n' })
  })
})

describe('the last lines are what a person calls lines', () => {
  const bar = (end: string): string => Array.from({ length: 100 }, (_, at) => `Uploading ${at}%`).join(end)
  const runner = 'ERROR: Job failed: exit code 1\n'
  const many = lines(80, 'nothing')
  // prettier-ignore
  test.each<[name: string, log: string, says: string]>([
    ['states of a progress bar', `lib/a.c:10: error: x\n${bar('\r')}\n${runner}`, `unit failed\nlib/a.c:10: error: x\nUploading 99%\n${runner}`],
    ['with the line erased', `lib/a.c:10: error: x\n${bar('\x1b[2K\r')}\n${runner}`, `unit failed\nlib/a.c:10: error: x\nUploading 99%\n${runner}`],
    ['lines that the cursor goes up to again', `lib/a.c:10: error: x\n${Array.from({ length: 60 }, (_, at) => `a ${at}\nb ${at}\n`).join('\x1b[2A')}${runner}`, `unit failed\nlib/a.c:10: error: x\na 59\nb 59\n${runner}`],
    ['CR LF', `one\r\ntwo\r\n${runner}`, `unit failed\none\ntwo\n${runner}`],
    ['the first error is far from the end', `a\nb\nFatal: no\nc\n${many}${runner}`, `unit failed, the 50 lines around the first error, from line 1\na\nb\nFatal: no\nc\n${lines(46, 'nothing')}`],
    ['the last lines tell of a failure', `a\nFatal: no\n${many}second failure\n${runner}`, `unit failed, the last 50 lines of its log\n${many.split('\n').slice(32, 80).join('\n')}\nsecond failure\n${runner}`],
    ['none tells of a failure', `${many}${runner}`, `unit failed, the last 50 lines of its log\n${many.split('\n').slice(31, 80).join('\n')}\n${runner}`],
    ['one long line', `${lines(5)}${'x'.repeat(200_000)}\n${runner}`, `unit failed\n${lines(5)}${'x'.repeat(16_384)} ... (183616 bytes of this line left out)\n${runner}`],
    ['nothing', '', 'unit failed, its log is empty\n'],
  ])('%s', async (_, log, says) => {
    const { code, stdout } = await runAgainstTrace({ trace: () => log, endedMsAgo: 3_600_000 }, 'logs --failed 500')
    expect({ code, stdout }).toEqual({ code: 0, stdout: says })
  })
})
