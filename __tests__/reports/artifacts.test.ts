import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Fault, JobPlan, Script } from '../../src/sandbox/server.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { pipelineOver, reportEnd, type Over, type Reported } from '../helpers/reports.ts'
import { newFolder } from '../helpers/world.ts'
import { zipOf } from '../helpers/zip.ts'
import { whenStalled } from '../helpers/clock.ts'

const gitlab = useGitlab()
let folder: ReturnType<typeof newFolder>
let opened: Over[]
beforeEach(() => {
  folder = newFolder()
  opened = []
})
afterEach(() => {
  for (const over of opened) over.close()
  folder.remove()
})

const out = (...parts: string[]): string => join(folder.path, 'out', ...parts)

/** Files below the folder of --artifacts, sorted. */
const files = (): string[] =>
  readdirSync(out(), { recursive: true, encoding: 'utf8' })
    .filter((name) => lstatSync(out(name)).isFile())
    .sort()

async function over(script?: Script, ref?: string): Promise<Over> {
  const it = await pipelineOver(gitlab(), script, ref)
  opened.push(it)
  return it
}

async function fetched(
  script?: Script,
  names: string[] = [],
  ref?: string,
): Promise<Reported & { it: Over }> {
  const it = await over(script, ref)
  const flags = { artifacts: out(), ...(names.length > 0 && { artifactsOf: names }) }
  return { it, ...(await reportEnd(it, flags)) }
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
  const { lost, notes } = await fetched({
    jobs: [job('build'), job('rspec 1/2'), job('lint', { artifacts: undefined as never })],
  })
  expect(lost).toBeUndefined()
  expect(files()).toEqual([...below('build'), ...below('rspec 1_2')])
  expect(readFileSync(out('build', 'dist', 'package.txt'), 'utf8')).toBe('made by build\n')
  expect(notes).toEqual([`Unpacked the artifacts of 2 jobs into ${out()}.`])
  expect(readdirSync(out())).toEqual(['build', 'rspec 1_2'])
})

test('of a failed job too', async () => {
  const { lost } = await fetched({ jobs: [job('build', { ends: 'failed' })] })
  expect(lost).toBeUndefined()
  expect(files()).toEqual(below('build'))
})

test('no job has artifacts: that is no failure', async () => {
  const { lost, notes } = await fetched({ jobs: [{ name: 'a', stage: 'a' }] })
  expect([lost, notes, files()]).toEqual([undefined, ['No job has artifacts.'], []])
})

test('only the named jobs, wherever in the tree', async () => {
  const { lost } = await fetched(
    {
      jobs: [
        job('a'),
        job('b'),
        { name: 'child', stage: 'z', downstream: { depend: true, jobs: [job('b'), job('c')] } },
      ],
    },
    ['b'],
  )
  expect(lost).toBeUndefined()
  expect(files()).toEqual([...below('b'), ...below('child', 'b')])
})

// prettier-ignore
const wishes: [names: string[], says: RegExp][] = [
  [['x'], /--artifacts: there is no job x/],
  [['lint'], /--artifacts: job lint has no artifacts/],
  [['x', 'lint', 'build'], /there is no job x; --artifacts: job lint has no artifacts/],
]

test.each(wishes)('--artifacts-of %j: what cannot be had is told, the rest is there', async (names, says) => {
  const { lost } = await fetched({ jobs: [job('build'), { name: 'lint', stage: 'test' }] }, names)
  expect(lost).toMatchObject({
    exit: 'notWritten',
    exitCode: 11,
    build: { kind: 'triggered', build: { id: 4711 } },
  })
  expect(lost!.message).toMatch(says)
  expect(files()).toEqual(names.includes('build') ? below('build') : [])
})

test('downstream pipelines, in other projects too, below the names of their trigger jobs', async () => {
  const child: JobPlan = { name: 'child', stage: 'b', downstream: { depend: true, jobs: [job('build')] } }
  const other: JobPlan = {
    name: 'docs/all',
    stage: 'c',
    downstream: { project: 10, depend: true, jobs: [job('build')] },
  }
  const { lost } = await fetched({ jobs: [job('build'), child, other] })
  expect(lost).toBeUndefined()
  expect(files()).toEqual([...below('build'), ...below('child', 'build'), ...below('docs_all', 'build')])
})

test('what is downstream and may not be read is told, and no failure', async () => {
  gitlab().failNext({
    kind: 'answer',
    path: 'projects/11/pipelines',
    status: 403,
    body: '{"message":"403 Forbidden"}',
  })
  const other: JobPlan = { name: 'private', stage: 'c', downstream: { project: 11, depend: true } }
  const { lost, notes } = await fetched({ jobs: [job('build'), other] })
  expect(lost).toBeUndefined()
  expect(notes[0]).toMatch(/^Artifacts of pipeline \d+ below private are not fetched: 403 Forbidden\.$/)
})

test('names that are one as folders', async () => {
  const { it, lost } = await fetched({ jobs: [job('a/b'), job('a:b'), job('A_B')] })
  expect(lost).toBeUndefined()
  const ids = it.pipeline.jobs.map(({ id }) => id)
  expect(readdirSync(out()).sort()).toEqual(['a_b', `a_b-${ids[1]!}`, `A_B-${ids[2]!}`].sort())
})

test('a hostile archive is refused whole, the others are unpacked', async () => {
  const { lost } = await fetched({ jobs: [job('evil', { artifacts: 'evil' }), job('good')] })
  expect(lost!.message).toBe('--artifacts: job evil: its entry "../escape": it would leave the folder')
  expect(lost!.hint).toMatch(/do not trigger it again/)
  expect(readdirSync(out())).toEqual(['good'])
  expect(readdirSync(folder.path)).toEqual(['out'])
})

const artifactsPath = /\/artifacts$/

// prettier-ignore
const passing: [name: string, fault: Fault, naps: number[]][] = [
  ['a reset', { kind: 'reset' }, [500, 1000]],
  ['half of it', { kind: 'cut' }, [1000, 4000]],
  ['502', { kind: 'answer', status: 502 }, [500, 1000]],
  ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, [7000, 7000]],
]

test.each(passing)('%s passes: it is fetched again', async (_, fault, naps) => {
  gitlab().failNext({ path: artifactsPath, ...fault })
  gitlab().failNext({ path: artifactsPath, ...fault })
  const { lost, it } = await fetched({ jobs: [job('build')] })
  expect(lost).toBeUndefined()
  expect(files()).toEqual(below('build'))
  expect(it.world.sleeps).toEqual(naps)
})

// prettier-ignore
const lasting: [name: string, fault: Fault, times: number, says: RegExp][] = [
  ['a cut each time', { kind: 'cut' }, 4, /job build: the download broke off/],
  ['404', { kind: 'answer', status: 404, body: '{"message":"404 Not Found"}' }, 1, /404 Not Found; they may have expired or been erased/],
  ['403', { kind: 'answer', status: 403, body: '{"message":"403 Forbidden"}' }, 1, /403 Forbidden/],
  ['a page', { kind: 'answer', status: 200, body: '<html>Sign in</html>' }, 1, /not a whole zip file/],
  ['a redirect to nowhere', { kind: 'answer', status: 302 }, 1, /an address that is none/],
  ['a redirect to a file', { kind: 'answer', status: 302, headers: { location: 'file:///etc/passwd' } }, 1, /not safe to ask/],
  ['a redirect with a password', { kind: 'answer', status: 302, headers: { location: 'https://a:b@127.0.0.1/' } }, 1, /not safe to ask/],
]

test.each(lasting)('%s: exit 11, the build is named, nothing half is left', async (_, fault, times, says) => {
  for (let count = 0; count < times; count++) gitlab().failNext({ path: artifactsPath, ...fault })
  const { lost } = await fetched({ jobs: [job('build')] })
  expect(lost).toMatchObject({ exitCode: 11, build: { kind: 'triggered', build: { id: 4711 } } })
  expect(lost!.message).toMatch(says)
  expect(readdirSync(out())).toEqual([])
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
      const { lost } = await fetched({ jobs: [job('build')] })
      expect(lost).toBeUndefined()
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
    const { lost } = await fetched({ jobs: [job('build')] })
    expect(lost!.message).toMatch(says)
    expect(seen.length).toBeLessThan(4)
    expect(readdirSync(out())).toEqual([])
  })
})

test('an interrupt ends it and leaves nothing half', async () => {
  const it = await over({ jobs: [job('build')] })
  gitlab().failNext({ path: artifactsPath, kind: 'stall' })
  whenStalled(gitlab(), () => {
    it.world.interrupt('SIGTERM')
  })
  const { lost } = await reportEnd(it, { artifacts: out() })
  expect(lost).toMatchObject({
    exitCode: 143,
    message: 'stopped by SIGTERM',
    build: { kind: 'triggered', build: { id: 4711 } },
  })
  expect(readdirSync(out())).toEqual([])
})

test('a folder that holds something is refused, and nothing in it is touched', async () => {
  mkdirSync(out())
  writeFileSync(out('mine'), 'kept')
  const it = await over()
  const before = gitlab().requests.length
  await expect(reportEnd(it, { artifacts: out() })).rejects.toMatchObject({
    exitCode: 2,
    message: `--artifacts: cannot use ${out()}: it is not empty`,
    build: { kind: 'none' },
  })
  expect(gitlab().requests).toHaveLength(before)
  expect(readFileSync(out('mine'), 'utf8')).toBe('kept')
})

test('what somebody puts there while the build runs is not overwritten', async () => {
  const it = await over({ jobs: [job('build')] })
  const { openReports } = await import('../../src/reports/reports.ts')
  const reports = await openReports({ artifacts: out() }, it.world.context)
  mkdirSync(out('build'))
  const lost = await reports.ended(it.pipeline, it.client)
  expect(lost!.message).toBe('--artifacts: job build: build is there already')
  expect(readdirSync(out())).toEqual(['build'])
  expect(existsSync(out('build', 'report.xml'))).toBe(false)
})
