import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Fault, JobPlan } from '../../src/sandbox/server.ts'
import { when, whenStalled } from '../helpers/clock.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import { useReports, type ReportOptions } from '../helpers/reports.ts'
import type { Result } from '../helpers/run.ts'
import { zipOf } from '../helpers/zip.ts'

const { gitlab, at, type, waitWith } = useReports()

const out = (...parts: string[]): string => at('out', ...parts)

/** Files below the folder of --artifacts, sorted. */
const files = (): string[] =>
  readdirSync(out(), { recursive: true, encoding: 'utf8' })
    .filter((name) => lstatSync(out(name)).isFile())
    .sort()

/** Waits for a pipeline of these jobs, and fetches the artifacts of all or of those that are named. */
function fetched(
  jobs: JobPlan[],
  names: string[] = [],
  { flags = '', ...options }: ReportOptions & { flags?: string } = {},
): Promise<Result> {
  const words = names.map((name) => ` --artifacts-of ${name}`).join('')
  return waitWith(`--artifacts out${words}${flags}`, { script: { jobs }, ...options })
}

const job = (name: string, more: Partial<JobPlan> = {}): JobPlan => ({
  name,
  stage: 'build',
  artifacts: 'package',
  ...more,
})

const three = ['dist/größe.txt', 'dist/package.txt', 'report.xml']
const below = (...parts: string[]): string[] => three.map((name) => [...parts, name].join('/'))

test('the artifacts of all jobs that have some, each in a folder of its own', async () => {
  const { code, stderr } = await fetched([job('build'), job('rspec 1/2'), { name: 'lint', stage: 'build' }])
  expect(code).toBe(0)
  expect(files()).toEqual([...below('build'), ...below('rspec 1_2')])
  expect(readFileSync(out('build', 'dist', 'package.txt'), 'utf8')).toBe('made by build\n')
  expect(stderr).toContain(`Unpacked the artifacts of 2 jobs into ${out()}.\n`)
  expect(readdirSync(out())).toEqual(['build', 'rspec 1_2'])
})

test('of a failed job too', async () => {
  const { code } = await fetched([job('build', { ends: 'failed' })])
  expect(code).toBe(3)
  expect(files()).toEqual(below('build'))
})

/** Who hears of it, and how. */
// prettier-ignore
const voices: [name: string, flags: string, env: Record<string, string>, tty: boolean][] = [
  ['at a terminal', '', {}, true], ['in CI', '', { CI: 'true' }, false], ['in a pipe', '', {}, false],
  ['--json', ' --json', {}, false], ['--events', ' --events', {}, false], ['--quiet', ' --quiet', {}, false],
]

describe.each(voices)('%s', (_, flags, env, isTTY) => {
  const heard = (jobs: JobPlan[], names: string[] = []): Promise<Result> =>
    fetched(jobs, names, {
      env,
      flags,
      prepare: (world) => (world.context.stderr.isTTY = isTTY),
    })

  test('no job has artifacts, or ever had: a warning, and no failure', async () => {
    const { code, stdout, mail } = await heard([{ name: 'a', stage: 'a' }])
    expect({ code, files: files() }).toEqual({ code: 0, files: [] })
    expect(mail).toContain('warning: No job has artifacts.\n')
    if (flags === ' --json') expect(JSON.parse(stdout)).toMatchObject({ warnings: ['No job has artifacts.'] })
    if (flags === ' --events')
      expect(stdout).toContain('"type":"warning","pipeline_id":4711,"message":"No job has artifacts."')
  })

  test('artifacts that have expired are named, and the others are there: exit 11', async () => {
    const { code, stdout, mail } = await heard([job('build'), job('unit', { artifactsExpireInMs: 0 })])
    expect({ code, files: files() }).toEqual({ code: 11, files: below('build') })
    const message = '--artifacts: the artifacts of job unit expired on 2026-11-22 12:00 UTC'
    expect(mail).toContain(`: ${message}\n`)
    // A terminal breaks it between words.
    expect(mail.replaceAll('\n  ', ' ')).toContain('Fetching again would give the same result.\n')
    if (flags === ' --json') expect(JSON.parse(stdout)).toMatchObject({ exit_code: 11, error: { message } })
    if (flags === ' --events')
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
        type: 'failed',
        exit_code: 11,
        error: { message },
      })
  })
})

const late = { artifactsExpireInMs: 0 }

// prettier-ignore
const gone: [name: string, jobs: JobPlan[], names: string[], says: RegExp, files: string[]][] = [
  ['all expired', [job('a', late), job('b', late)], [], /: --artifacts: the artifacts of job a expired on 2026-.*; --artifacts: the artifacts of job b expired on/, []],
  ['expired below', [{ name: 'deploy', stage: 'z', downstream: { depend: true, jobs: [job('b', late)] } }], [], /the artifacts of job deploy\/b expired/, []],
  ['the named one has expired', [job('a', late), job('b')], ['a'], /the artifacts of job a expired/, []],
  ['another than the named one has', [job('a', late), job('b')], ['b', 'x'], /: --artifacts: there is no job x \(its jobs: a, b\)\n/, below('b')],
  ['one of the name has', [job('b'), { name: 'deploy', stage: 'z', downstream: { depend: true, jobs: [job('b', late)] } }], ['b'], /the artifacts of job deploy\/b expired/, below('b')],
]

test.each(gone)('%s: exit 11', async (_, jobs, names, says, there) => {
  const { code, stderr } = await fetched(jobs, names)
  expect({ code, states: statesIn(stderr), files: files() }).toEqual({ code: 11, states: [], files: there })
  expect(stderr).toMatch(says)
})

test('what has expired and was not asked for is no failure', async () => {
  expect(await fetched([job('a', late), job('b')], ['b'])).toMatchObject({ code: 0 })
  expect(files()).toEqual(below('b'))
})

test('an erased job is warned of', async () => {
  gitlab().script('master', { by: 'clock', jobs: [job('a'), job('b')] })
  const { id } = gitlab().addPipeline()
  const options = { method: 'POST', headers: { 'private-token': gitlab().tokens.api } }
  const erased = await fetch(`${gitlab().url}/api/v4/projects/9/jobs/9001/erase`, options)
  expect(erased.status).toBe(201)
  const { code, stderr } = await type(`wait ${id} --artifacts out`)
  expect(code).toBe(0)
  expect(stderr).toContain('warning: job a was erased on 2026-11-22 12:00 UTC.\n')
  const named = await type(`wait ${id} --artifacts out2 --artifacts-of a`)
  expect(named.code).toBe(11)
  expect(named.stderr).toContain('job a has no artifacts: job a was erased on 2026-11-22 12:00 UTC\n')
})

test('only the named jobs, wherever in the tree', async () => {
  const child: JobPlan = {
    name: 'child',
    stage: 'z',
    downstream: { depend: true, jobs: [job('b'), job('c')] },
  }
  expect(await fetched([job('a'), job('b'), child], ['b'])).toMatchObject({ code: 0 })
  expect(files()).toEqual([...below('b'), ...below('child', 'b')])
})

// prettier-ignore
const wishes: [names: string[], says: RegExp][] = [
  [['x'], /--artifacts: there is no job x \(its jobs: /],
  [['lint'], /--artifacts: job lint has no artifacts/],
  [['x', 'lint', 'build'], /there is no job x \(its jobs: [^)]*\); --artifacts: job lint has no artifacts/],
]

test.each(wishes)('--artifacts-of %j: what cannot be had is told, the rest is there', async (names, says) => {
  const { code, stderr } = await fetched([job('build'), { name: 'lint', stage: 'test' }], names)
  expect({ code, states: statesIn(stderr) }).toEqual({ code: 11, states: [] })
  expect(stderr).toMatch(says)
  expect(files()).toEqual(names.includes('build') ? below('build') : [])
})

test('downstream pipelines, in other projects too, below the names of their trigger jobs', async () => {
  const child: JobPlan = { name: 'child', stage: 'b', downstream: { depend: true, jobs: [job('build')] } }
  const other: JobPlan = {
    name: 'docs/all',
    stage: 'c',
    downstream: { project: 10, depend: true, jobs: [job('build')] },
  }
  expect(await fetched([job('build'), child, other])).toMatchObject({ code: 0 })
  expect(files()).toEqual([...below('build'), ...below('child', 'build'), ...below('docs_all', 'build')])
})

// prettier-ignore
const unread: [name: string, path: RegExp, status: number, says: RegExp][] = [
  ['a downstream pipeline', /projects\/11\/pipelines/, 403, /artifacts of pipeline 4712 below private are not fetched: 403 Refused/],
  ['the jobs of one', /11\/pipelines\/4712\/jobs/, 403, /the jobs of pipeline 4712 below private may not be read: 403 Refused/],
  ['the jobs of the pipeline', /4711\/jobs/, 403, /: --artifacts: its jobs may not be read: 403 Refused/],
  ['what it has started', /4711\/bridges/, 500, /what pipeline 4711 has started is not known: 500 Refused/],
]

test.each(unread)('%s may not be read: told, exit 11', async (_, path, status, says) => {
  const fault: Fault = { kind: 'answer', path, status, body: `{"message":"${status} Refused"}` }
  for (let count = 0; count < 99; count++) gitlab().failNext(fault)
  const other: JobPlan = { name: 'private', stage: 'c', downstream: { project: 11, depend: true } }
  const { code, stderr } = await fetched([job('build'), other])
  expect({ code, states: statesIn(stderr) }).toEqual({ code: 11, states: [] })
  expect(stderr).toMatch(says)
})

test('where all that was named is there, what may not be read is only warned of', async () => {
  gitlab().failNext({
    kind: 'answer',
    path: 'projects/11/pipelines',
    status: 403,
    body: '{"message":"403 Forbidden"}',
  })
  const other: JobPlan = { name: 'private', stage: 'c', downstream: { project: 11, depend: true } }
  const { code, stderr } = await fetched([job('build'), other], ['build'])
  expect(code).toBe(0)
  expect(stderr).toMatch(
    /^warning: artifacts of pipeline \d+ below private are not fetched: 403 Forbidden\.$/m,
  )
})

test('one that is gone meanwhile is said, one that fails once is fetched again', async () => {
  gitlab().failNext({ kind: 'answer', path: artifactsPath, status: 404, body: '{"message":"404 Not Found"}' })
  gitlab().failNext({ kind: 'answer', path: artifactsPath, status: 500, body: '{"message":"500 Oops"}' })
  const { code, stderr } = await fetched([job('a'), job('b')])
  expect(code).toBe(11)
  expect(stderr).toMatch(/job a: 404 Not Found; they may have expired or been erased\n/)
  expect(files()).toEqual(below('b'))
})

test('names that are one as folders', async () => {
  expect(await fetched([job('a/b'), job('a:b'), job('A_B')])).toMatchObject({ code: 0 })
  expect(readdirSync(out()).sort()).toEqual(['A_B-9003', 'a_b', 'a_b-9002'])
})

test('what is hostile in an archive is left out by name, the rest and the others are unpacked', async () => {
  const { code, stderr } = await fetched([job('evil', { artifacts: 'evil' }), job('good')])
  expect(code).toBe(11)
  expect(stderr).toContain('--artifacts: job evil: left out: ../escape (it would leave the folder); ')
  expect(stderr).toContain('job evil: left out: /absolute (it is an absolute path); ')
  expect(stderr.replaceAll('\n  ', ' ')).toMatch(
    /do not start another one\. Fetching again would give the same result\.$/m,
  )
  expect(files()).toEqual(['evil/good.txt', ...below('good')])
  expect(readdirSync(at())).toEqual(['out'])
})

/** Waits for a pipeline of one job with this archive. */
const unpacked = (archive: Buffer, flags = ''): Promise<Result> =>
  fetched([{ name: 'unit', stage: 'test', archive }], [], { flags })

test('one entry does not spoil an archive: each is treated for itself', async () => {
  const { code, stderr } = await unpacked(
    zipOf(
      { name: 'dev-disk-by\\x2duuid-1.swap', data: 'swap' },
      { name: 'out.txt', data: 'out' },
      { name: 'secret', data: 'x', flags: 0x0801 },
      { name: 'a\x1b[2Jb', data: 'x' },
      { name: 'link', data: '/etc', mode: 0o120777 },
    ),
  )
  expect(code).toBe(11)
  const says = (what: string): string => `--artifacts: job unit: left out: ${what}`
  expect(stderr).toContain(
    `: ${[says('secret (it is encrypted)'), says('a^[[2Jb (there is a control character in its name)'), says('link (it is a link that leads out of the folder)')].join('; ')}\n`,
  )
  expect(files()).toEqual(['unit/dev-disk-by\\x2duuid-1.swap', 'unit/out.txt'])
})

test('of many that are left out, the first are named and the others counted', async () => {
  const entries = Array.from({ length: 1000 }, (_, at) => ({ name: `../${at}` }))
  const { code, stderr } = await unpacked(zipOf(...entries))
  expect(code).toBe(11)
  expect(stderr.match(/left out: \.\.\//g)).toHaveLength(20)
  expect(stderr).toContain('job unit: left out: 980 more entries\n')
})

test('names in code page 437 are told of once, and are no failure', async () => {
  const names = [0x94, 0x81].map((byte) => Buffer.from([byte, 0x2e, 0x74, 0x78, 0x74]))
  const { code, stderr } = await unpacked(zipOf(...names.map((name) => ({ name, flags: 0 }))))
  expect({ code, files: files() }).toEqual({ code: 0, files: ['unit/ö.txt', 'unit/ü.txt'] })
  expect(
    stderr.match(/warning: job unit: names that are not UTF-8 were read as code page 437\./g),
  ).toHaveLength(1)
})

describe('--artifacts-max-size', () => {
  const archive = zipOf({ name: 'a', data: 'a'.repeat(2000), isDeflated: true }, { name: 'b', data: 'b' })

  // prettier-ignore
  const rows: [size: string, limit: number | undefined][] = [
    ['2001', undefined], ['2000', 2000], ['1kB', 1000], ['1K', 1024], ['1.5KiB', 1536], ['2.1kB', 2100], ['3 kB', undefined],
    ['none', undefined], ['2001B', undefined], ['1MB', undefined], ['1G', undefined], ['1TiB', undefined],
  ]
  test.each(rows)('%s', async (size, limit) => {
    const isEnough = limit === undefined || limit > 2000
    const { code, stderr } = await type([
      'wait',
      String(ready()),
      '--artifacts',
      'out',
      '--artifacts-max-size',
      size,
    ])
    expect({ code, files: files() }).toEqual(
      isEnough ? { code: 0, files: ['unit/a', 'unit/b'] } : { code: 11, files: [] },
    )
    if (!isEnough)
      expect(stderr).toContain(
        `job unit: it would become more than ${limit} bytes, as a zip bomb does; --artifacts-max-size SIZE allows more\n`,
      )
  })
  const ready = (): number => {
    gitlab().script('master', { by: 'clock', jobs: [{ name: 'unit', stage: 'test', archive }] })
    return gitlab().addPipeline({ ref: 'master' }).id
  }

  test('it lifts what an archive of its size may become', async () => {
    const large = zipOf({ name: 'a', data: 'a' }, { name: 'large', data: 'x', size: 1024 ** 3 })
    const refused = await unpacked(large)
    expect(refused.stderr).toContain('job unit: it would become more than 1073741824 bytes')
    expect(files()).toEqual([])
    const lifted = await unpacked(large, ' --artifacts-max-size none')
    expect(lifted.stderr).toContain('job unit: left out: large (it is shorter than it says)')
    expect(files()).toEqual(['unit/a'])
  })

  test.each(['', '0', '-1', '1XB', 'GB', '1e9', '0.1B', '99999999TB', 'x'.repeat(1000)])(
    '%j is refused before anything is sent',
    async (size) => {
      const { code, stderr } = await type([
        'wait',
        '4711',
        '--artifacts',
        'out',
        '--artifacts-max-size',
        size,
      ])
      expect(code).toBe(2)
      expect(stderr).toMatch(/: --artifacts-max-size: ("[^"]+"|it) is not a size\nWrite it as 500MB/)
      expect(gitlab().requests).toEqual([])
    },
  )

  test.each(['wait 4711', '--ref master --wait'])('%s: not without a folder', async (line) => {
    const { code, stderr } = await type(`${line} --artifacts-max-size 1GB`)
    expect(code).toBe(2)
    expect(stderr).toContain('--artifacts-max-size: no folder is given to put them in\n')
  })

  test('nor unless the pipeline is followed', async () => {
    const { code, stderr } = await type('--ref master --artifacts out --artifacts-max-size 1GB')
    expect(code).toBe(2)
    expect(stderr).toMatch(/needs --wait or --follow/)
  })
})

const artifactsPath = /\/artifacts$/

// prettier-ignore
const passing: [name: string, fault: Fault, naps: number[]][] = [
  ['a reset', { kind: 'reset' }, [500, 1000]],
  ['half of it', { kind: 'cut' }, [1000, 4000]],
  ['502', { kind: 'answer', status: 502 }, [500, 1000]],
  ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, [7000, 7000]],
]

test.each(passing)('%s passes: it is fetched again', async (_, fault, sleeps) => {
  gitlab().failNext({ path: artifactsPath, ...fault })
  gitlab().failNext({ path: artifactsPath, ...fault })
  const { code, world } = await fetched([job('build')])
  expect(code).toBe(0)
  expect(files()).toEqual(below('build'))
  expect(world.sleeps).toEqual(sleeps)
})

// prettier-ignore
const lasting: [name: string, fault: Fault, times: number, says: RegExp][] = [
  ['a cut each time', { kind: 'cut' }, 4, /job build: the download broke off/],
  ['404', { kind: 'answer', status: 404, body: '{"message":"404 Not Found"}' }, 1, /404 Not Found; they may have expired or been erased/],
  ['403', { kind: 'answer', status: 403, body: '{"message":"403 Forbidden"}' }, 1, /403 Forbidden/],
  ['500 each time', { kind: 'answer', status: 500, body: '{"message":"500 Oops"}' }, 9, /job build: 500 Oops/],
  ['a page', { kind: 'answer', status: 200, body: '<html>Sign in</html>' }, 1, /not a whole zip file/],
  ['a redirect to nowhere', { kind: 'answer', status: 302 }, 1, /an address that is none/],
  ['a redirect to a file', { kind: 'answer', status: 302, headers: { location: 'file:///etc/passwd' } }, 1, /not safe to ask/],
  ['a redirect with a password', { kind: 'answer', status: 302, headers: { location: 'https://a:b@127.0.0.1/' } }, 1, /not safe to ask/],
]

test.each(lasting)('%s: exit 11, the build is named, nothing half is left', async (_, fault, times, says) => {
  for (let count = 0; count < times; count++) gitlab().failNext({ path: artifactsPath, ...fault })
  const { code, stderr } = await fetched([job('build')])
  expect({ code, states: statesIn(stderr) }).toEqual({ code: 11, states: [] })
  expect(stderr).toMatch(says)
  expect(readdirSync(out())).toEqual([])
})

test('one that is listed, has expired and is not given any more', async () => {
  const listed = {
    ...{
      id: 9001,
      name: 'unit',
      status: 'success',
      artifacts: [{ file_type: 'archive', filename: 'a.zip' }],
    },
    artifacts_expire_at: '2026-11-20T08:30:00.000Z',
  }
  const body = JSON.stringify([listed])
  for (let count = 0; count < 9; count++)
    gitlab().failNext({
      kind: 'answer',
      path: /4711\/jobs/,
      status: 200,
      body,
      contentType: 'application/json',
    })
  const { code, stderr } = await fetched([{ name: 'unit', stage: 'test' }])
  expect(code).toBe(11)
  expect(stderr).toMatch(/: --artifacts: job unit: 404 .*; they expired on 2026-11-20 08:30 UTC\n/)
})

describe('object storage', () => {
  let seen: { url: string; headers: IncomingHttpHeaders }[]
  let storage: Server
  beforeEach(async () => {
    seen = []
    storage = createServer((request, response) => {
      seen.push({ url: request.url ?? '', headers: request.headers })
      if (request.url?.startsWith('/region'))
        response.writeHead(307, { location: `http://127.0.0.1:${port()}/bucket` }).end()
      else if (request.url?.startsWith('/round'))
        response.writeHead(302, { location: `http://127.0.0.1:${port()}/round` }).end()
      else if (request.url?.startsWith('/denied'))
        response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
      else response.end(zipOf({ name: 'stored.txt', data: 'elsewhere' }))
    })
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => storage.close())
  const port = (): number => (storage.address() as AddressInfo).port
  const redirect = (path: string): void => {
    const location = `http://127.0.0.1:${port()}${path}`
    gitlab().failNext({ kind: 'answer', path: artifactsPath, status: 302, headers: { location } })
  }

  test.each(['/bucket/x?X-Amz-Signature=abc', '/region?X=1'])(
    '%s is followed, without credentials',
    async (path) => {
      redirect(path)
      expect(await fetched([job('build')])).toMatchObject({ code: 0 })
      expect(files()).toEqual(['build/stored.txt'])
      expect(seen[0]!.url).toBe(path)
      for (const { headers } of seen) {
        expect(Object.keys(headers).sort()).toEqual([
          'accept',
          'accept-encoding',
          'connection',
          'host',
          'user-agent',
        ])
        expect(JSON.stringify(headers)).not.toContain(gitlab().tokens.api)
      }
    },
  )

  test.each([
    ['/round', /302/],
    ['/denied', /403 AccessDenied/],
  ])('%s ends', async (path, says) => {
    redirect(path)
    expect((await fetched([job('build')])).stderr).toMatch(says)
    expect(seen.length).toBeLessThan(4)
    expect(readdirSync(out())).toEqual([])
  })
})

test('an interrupt ends it and leaves nothing half', async () => {
  gitlab().failNext({ path: artifactsPath, kind: 'stall' })
  const { code, stderr } = await fetched([job('build')], [], {
    prepare(world) {
      whenStalled(gitlab(), () => {
        world.interrupt('SIGTERM')
      })
    },
  })
  expect({ code, states: statesIn(stderr) }).toEqual({ code: 143, states: [] })
  expect(stderr).toContain('stopped by SIGTERM')
  expect(readdirSync(out())).toEqual([])
})

test('a folder that holds something is refused, and nothing in it is touched', async () => {
  mkdirSync(out())
  writeFileSync(out('mine'), 'kept')
  const { code, stderr } = await fetched([job('build')])
  expect({ code, states: statesIn(stderr) }).toEqual({ code: 2, states: [] })
  expect(stderr).toContain(`--artifacts: cannot use ${out()}: it is not empty\n`)
  expect(gitlab().requests).toEqual([])
  expect(readFileSync(out('mine'), 'utf8')).toBe('kept')
})

test('what somebody puts there while the pipeline runs is not overwritten', async () => {
  // The folder has been checked before the first request is sent.
  const stop = when(
    () => gitlab().requests.length > 0,
    () => {
      mkdirSync(out('build'))
    },
  )
  const { code, stderr } = await fetched([job('build')])
  stop()
  expect(code).toBe(11)
  expect(stderr).toContain('--artifacts: job build: build already exists\n')
  expect(readdirSync(out())).toEqual(['build'])
  expect(existsSync(out('build', 'report.xml'))).toBe(false)
})
