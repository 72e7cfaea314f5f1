import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { withReportFailures, openReports } from '../../src/reports/reports.ts'
import type { RunFlags } from '../../src/options/run.ts'
import type { Build } from '../../src/core/build.ts'
import { TriggerError } from '../../src/core/errors.ts'
import type { Client } from '../../src/gitlab/api/client.ts'
import { dialects } from '../../src/gitlab/api/dialect.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { pipelineOver, reportEnd, type Over } from '../helpers/reports.ts'
import { newFolder, newWorld, type WorldOptions } from '../helpers/world.ts'

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

const at = (...parts: string[]): string => join(folder.path, ...parts)
const read = (name: string): string => readFileSync(at(name), 'utf8')

const server = 'https://gitlab.example.com'
const sha = 'a'.repeat(40)
const build: Build = {
  ...{
    kind: 'pipeline',
    id: 4711,
    iid: 7,
    projectId: 9,
    ref: 'master',
    sha,
    status: 'created',
    source: 'trigger',
  },
  ...{ webUrl: `${server}/seed/app/-/pipelines/4711`, yamlErrors: null },
}

const begun = `PIPELINE_ID=4711\nPIPELINE_URL=${build.webUrl!}\nPIPELINE_STATUS=created\nPIPELINE_IID=7\nPIPELINE_SHA=${sha}\n`

async function over(failingJob?: string, options: WorldOptions = {}): Promise<Over> {
  const script = failingJob === undefined ? {} : { job: { [failingJob]: { ends: 'failed' } } }
  const it = await pipelineOver(gitlab(), script, 'master', options)
  opened.push(it)
  return it
}

/** The environment of a step of GitHub Actions, with its two files. */
function step(more: Record<string, string> = {}): WorldOptions {
  writeFileSync(at('output'), 'earlier=1')
  writeFileSync(at('summary'), '')
  return {
    env: { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: at('output'), GITHUB_STEP_SUMMARY: at('summary'), ...more },
  }
}

describe('before anything is sent', () => {
  // prettier-ignore
  const refused: [name: string, flags: RunFlags, says: RegExp, builds?: number][] = [
    ['an empty path', { dotenv: '' }, /^--dotenv: the path is empty/],
    ['no folder', { junit: '/none/x.xml' }, /^--junit: cannot write \/none\/x\.xml: there is no such folder/],
    ['a directory', { dotenv: 'folder' }, /^--dotenv: cannot write .*: it is a directory/],
    ['a slash at the end', { dotenv: 'new/' }, /^--dotenv: .* it is a directory/],
    ['a link', { dotenv: 'link' }, /^--dotenv: .* it is a symbolic link/],
    ['a link to nothing', { junit: 'dangling' }, /^--junit: .* it is a symbolic link/],
    ['a device', { dotenv: '/dev/null' }, /^--dotenv: .* it is not a regular file/],
    ['a file below a file', { dotenv: 'file/x' }, /^--dotenv: .* no such folder/],
    ['an endless name', { dotenv: 'x'.repeat(300) }, /^--dotenv: .* the name is too long/],
    ['one file for two', { dotenv: 'x', junit: './x' }, /^--junit: it is the same file as that of --dotenv/],
    ['a folder that is a file', { artifacts: 'file' }, /^--artifacts: .* it is no folder/],
    ['a folder below a file', { artifacts: 'file/x' }, /^--artifacts: /],
    ['a folder that is not empty', { artifacts: '.' }, /^--artifacts: .* it is not empty/],
    ['a pseudo file system', { artifacts: '/proc/x/y' }, /^--artifacts: /],
    ['names without a folder', { artifactsOf: ['build'] }, /^--artifacts-of: no folder is given/],
    ['v3', { junit: 'x', api: 'v3' }, /^--junit: API v3 has no test reports/],
    ['several builds', { dotenv: 'x' }, /^--dotenv: one file cannot tell of 2 builds/, 2],
    ['several builds', { junit: 'x' }, /^--junit: one file cannot tell of 2 builds/, 2],
  ]
  test.each(refused)('%s: %j is refused', async (_, flags, says, builds = 1) => {
    mkdirSync(at('folder'))
    writeFileSync(at('file'), 'kept')
    symlinkSync(at('file'), at('link'))
    symlinkSync(at('nothing'), at('dangling'))
    const { context } = newWorld({ cwd: folder.path })
    const error: unknown = await openReports(flags, context, undefined, builds).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ exitCode: 2, build: { kind: 'none' } })
    expect((error as Error).message).toMatch(says)
    expect(readdirSync(folder.path).sort()).toEqual(['dangling', 'file', 'folder', 'link'])
    expect(read('file')).toBe('kept')
  })

  test('several builds: the advice starts none, as wait and retry are asked too', async () => {
    const { context } = newWorld({ cwd: folder.path })
    await expect(openReports({ dotenv: 'x' }, context, undefined, 2)).rejects.toMatchObject({
      hint: 'Leave it out, or name one at a time.',
    })
  })

  test.each(['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'])(
    '%s that cannot be written: exit 14',
    async (variable) => {
      const { context } = newWorld(step({ [variable]: at('none', 'x') }))
      await expect(openReports({}, context)).rejects.toMatchObject({
        exitCode: 14,
        message: `${variable}: cannot write ${at('none', 'x')}: there is no such folder`,
        hint: `Make it writable here, or unset ${variable} to do without.`,
      })
    },
  )

  test('what is not allowed is told (not as root)', async () => {
    if (process.getuid?.() === 0) return
    writeFileSync(at('mine'), 'x')
    chmodSync(at('mine'), 0o400)
    const { context } = newWorld()
    await expect(openReports({ dotenv: at('mine') }, context)).rejects.toThrow(/no permission to write it/)
    chmodSync(folder.path, 0o500)
    await expect(openReports({ dotenv: at('new') }, context)).rejects.toThrow(/no permission to write it/)
    await expect(openReports({ artifacts: at('out') }, context)).rejects.toThrow(/no permission to write it/)
    chmodSync(folder.path, 0o700)
  })

  test('nothing wanted, nothing done', async () => {
    const { context } = newWorld({
      cwd: folder.path,
      env: { GITHUB_OUTPUT: at('output'), GITHUB_STEP_SUMMARY: at('summary') },
    })
    const reports = await openReports({}, context)
    await reports.triggered(build, server)
    const it = await over()
    expect(await reports.ended(it.pipeline, it.client)).toBeUndefined()
    expect(readdirSync(folder.path)).toEqual([])
    expect(gitlab().requests.filter(({ path }) => /test_report|artifacts/.test(path))).toEqual([])
  })

  test('a good folder is made, and nothing stays in it', async () => {
    const umask = process.umask(0o022)
    const { context } = newWorld({ cwd: folder.path })
    await openReports({ artifacts: 'a/b', dotenv: 'x.env', junit: 'x.xml' }, context)
    process.umask(umask)
    expect(readdirSync(folder.path, { recursive: true })).toEqual(['a', 'a/b'])
    expect(statSync(at('a', 'b')).mode & 0o777).toBe(0o755)
  })
})

describe('as soon as it is triggered', () => {
  test('dotenv, outputs and a line in the summary are there, and an old test report is not', async () => {
    writeFileSync(at('x.xml'), 'of an earlier run')
    const { context } = newWorld(step())
    const reports = await openReports({ dotenv: at('x.env'), junit: at('x.xml') }, context)
    expect(read('x.xml')).toBe('of an earlier run')
    await reports.triggered(build, server)
    expect(read('x.env')).toBe(begun)
    expect(read('output')).toBe(`earlier=1\n${begun.replace(/^\w+/gm, (name) => name.toLowerCase())}`)
    expect(read('summary')).toBe(`\nTriggered [pipeline 4711](<${build.webUrl!}>) on master\n`)
    expect(existsSync(at('x.xml'))).toBe(false)
  })

  test('the file keeps its mode, and a link put in its place is replaced, not followed', async () => {
    writeFileSync(at('x.env'), 'OLD=1\n', { mode: 0o600 })
    chmodSync(at('x.env'), 0o604)
    const { context } = newWorld()
    const reports = await openReports({ dotenv: at('x.env'), junit: at('y.env') }, context)
    writeFileSync(at('victim'), 'kept')
    symlinkSync(at('victim'), at('y.env'))
    await reports.triggered(build, server)
    expect([read('x.env'), statSync(at('x.env')).mode & 0o777]).toEqual([begun, 0o604])
    const again = await openReports({ dotenv: at('z.env') }, context)
    symlinkSync(at('victim'), at('z.env'))
    await again.triggered(build, server)
    expect(lstatSync(at('z.env')).isFile()).toBe(true)
    expect(read('victim')).toBe('kept')
    expect(readdirSync(folder.path).sort()).toEqual(['victim', 'x.env', 'z.env'])
  })

  test('it cannot be written any more: exit 11, the build is named, the others are written', async () => {
    mkdirSync(at('gone'))
    const { context } = newWorld(step())
    const reports = await openReports({ dotenv: at('gone', 'x.env') }, context)
    rmdirSync(at('gone'))
    await expect(reports.triggered(build, server)).rejects.toMatchObject({
      exitCode: 11,
      message: '--dotenv: there is no such folder',
      hint: 'The build goes on; do not trigger it again.',
      build: { kind: 'triggered', build },
    })
    expect(read('output')).toContain('pipeline_id=4711\n')
  })

  test('of several builds there are no outputs, but a line each', async () => {
    const { context } = newWorld(step())
    const reports = await openReports({}, context, undefined, 2)
    await reports.triggered(build, server)
    await reports.triggered({ ...build, id: 4712 }, server)
    expect(read('output')).toBe('earlier=1')
    expect(read('summary').match(/pipeline 471\d/g)).toEqual(['pipeline 4711', 'pipeline 4712'])
  })

  test('v3 gives the number of a trigger request', async () => {
    const { context } = newWorld(step())
    const reports = await openReports({ dotenv: at('x.env') }, context)
    await reports.triggered(
      { ...build, kind: 'trigger_request', id: 101, iid: null, sha: null, status: null, webUrl: null },
      server,
    )
    expect(read('x.env')).toBe('TRIGGER_REQUEST_ID=101\n')
    expect(read('output')).toBe('earlier=1\ntrigger_request_id=101\n')
  })
})

describe('at the end', () => {
  test('status, summary and test report', async () => {
    const it = await over('run_tests', step())
    const { lost, notes } = await reportEnd(it, { dotenv: at('x.env'), junit: at('x.xml') })
    expect(lost).toBeUndefined()
    expect(notes).toEqual([`Wrote the results of 4 tests to ${at('x.xml')}.`])
    expect(read('x.env')).toMatch(
      /^PIPELINE_ID=4711\nPIPELINE_URL=http:.*\/4711\nPIPELINE_STATUS=failed\nPIPELINE_IID=1\nPIPELINE_SHA=[0-9a-f]{40}\n$/,
    )
    expect(read('output')).toContain('\npipeline_status=failed\n')
    expect(read('summary')).toMatch(/^\n### \[Pipeline 4711\]\(<http.*>\) on master: failed\n\n\| Stage/)
    expect(read('summary')).toMatch(/^\| test \| \[run&#95;tests\].*failed&#58; script&#95;failure/m)
    expect(read('x.xml')).toContain('<testsuites name="Pipeline 4711" tests="4" failures="1" errors="1"')
  })

  test('a pipeline without tests', async () => {
    gitlab().failNext({
      kind: 'answer',
      path: 'test_report',
      status: 200,
      body: '{"test_suites":[]}',
      contentType: 'application/json',
    })
    const { lost, notes } = await reportEnd(await over(), { junit: at('x.xml') })
    expect([lost, notes]).toEqual([undefined, [`Wrote the results of 0 tests to ${at('x.xml')}.`]])
    expect(read('x.xml')).toContain(
      '<testsuites name="Pipeline 4711" tests="0" failures="0" errors="0" time="0.000">',
    )
  })

  test.each([500, 502, 429])('a %i passes', async (status) => {
    gitlab().failNext({ kind: 'answer', path: 'test_report', status })
    const { lost } = await reportEnd(await over(), { junit: at('x.xml') })
    expect(lost).toBeUndefined()
  })

  // prettier-ignore
  const lasting: [status: number, body: string, says: RegExp][] = [
    [401, '{"message":"401 Unauthorized"}', /^--junit: 401 Unauthorized; reading it takes an API token with read_api$/],
    [403, '{"message":"403 Forbidden"}', /^--junit: 403 Forbidden; reading it takes/],
    [404, '{"error":"404 Not Found"}', /^--junit: 404 Not Found; reading it takes/],
    [503, 'down', /^--junit: 503 down$/],
    [200, '<html>', /^--junit: /],
  ]
  test.each(lasting)(
    'a test report with %i each time: exit 11, nothing old is left',
    async (status, body, says) => {
      writeFileSync(at('x.xml'), 'of an earlier run')
      for (let count = 0; count < 4; count++)
        gitlab().failNext({ kind: 'answer', path: 'test_report', status, body })
      const { lost } = await reportEnd(await over(), { junit: at('x.xml'), dotenv: at('x.env') })
      expect(lost).toMatchObject({
        exitCode: 11,
        build: { kind: 'triggered', build: { id: 4711, status: 'success' } },
      })
      expect(lost!.message).toMatch(says)
      expect(readdirSync(folder.path)).toEqual(['x.env'])
    },
  )

  test('v3 has no test report, and says so', async () => {
    const it = await over()
    const client: Client = { ...it.client, dialect: dialects.v3 }
    const reports = await openReports({ junit: at('x.xml') }, it.world.context)
    const lost = await reports.ended(it.pipeline, client)
    expect(lost).toMatchObject({ exitCode: 11, message: '--junit: API v3 has no test reports' })
  })

  test('the artifacts of several builds are kept apart', async () => {
    const it = await over()
    const reports = await openReports({ artifacts: at('out') }, it.world.context, undefined, 2)
    expect(await reports.ended(it.pipeline, it.client)).toBeUndefined()
    expect(await reports.ended({ ...it.pipeline, id: 4712 }, it.client)).toBeUndefined()
    expect(readdirSync(at('out'))).toEqual(['4711', '4712'])
    expect(readdirSync(at('out', '4712'))).toEqual(['build_package'])
  })

  test('everything that does not work is told at once', async () => {
    gitlab().failNext({
      kind: 'answer',
      path: 'test_report',
      status: 403,
      body: '{"message":"403 Forbidden"}',
    })
    gitlab().failNext({
      kind: 'answer',
      path: /\/artifacts$/,
      status: 404,
      body: '{"message":"404 Not Found"}',
    })
    const { lost } = await reportEnd(await over(), { junit: at('x.xml'), artifacts: at('out') })
    expect(lost!.message).toBe(
      '--junit: 403 Forbidden; reading it takes an API token with read_api; ' +
        '--artifacts: job build_package: 404 Not Found; they may have expired or been erased',
    )
  })
})

describe('what was lost never hides that the build failed', () => {
  const triggered = { kind: 'triggered', build } as const
  const failed = new TriggerError({
    exit: 'buildFailed',
    message: 'it failed',
    hint: 'See it',
    build: triggered,
    exitCode: 33,
  })
  const lost = new TriggerError({
    exit: 'notWritten',
    message: '--junit: 403',
    hint: 'later',
    build: triggered,
  })

  // prettier-ignore
  const ends: [name: string, failure: TriggerError | undefined, reports: TriggerError | undefined, told: unknown[] | undefined][] = [
    ['nothing', undefined, undefined, undefined],
    ['the build', failed, undefined, [33, 'it failed', 'See it']],
    ['a report', undefined, lost, [11, '--junit: 403', 'later']],
    ['both', failed, lost, [33, 'it failed; also, --junit: 403', 'See it']],
  ]
  test.each(ends)('%s failed', (_, failure, reports, told) => {
    const end = withReportFailures(failure, reports)
    expect(end && [end.exitCode, end.message, end.hint]).toEqual(told)
    expect(end?.exit).toBe((failure ?? reports)?.exit)
  })
})
