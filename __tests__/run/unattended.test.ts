import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { jitterMs } from '../../src/trigger/jitter-and-lock.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { filesBelow, leaksBelow, useHome } from '../helpers/home.ts'
import { run, runIn, type Line, type Result } from '../helpers/run.ts'
import { none, made } from '../helpers/pipeline-sentences.ts'
import { newWorld, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

function world(options: WorldOptions = {}, reads = true): WorldOptions {
  const token = reads ? { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api } : {}
  return home().world({ ...options, env: { ...environment(gitlab(), token).env, ...options.env } })
}

const typed = (line: Line, options: WorldOptions = {}, reads = true): Promise<Result> =>
  run(line, world(options, reads))

describe('--jitter', () => {
  test('waits before anything is sent, the same on every run', async () => {
    const first = await typed('--ref master --jitter 10m')
    const second = await typed('--ref master --jitter 10m')
    expect(first).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    const [sleep = 0] = first.world.sleeps
    expect(sleep).toBeGreaterThan(0)
    expect(sleep).toBeLessThan(600_000)
    expect(second.world.sleeps).toEqual([sleep])
  })

  describe('where each run has another host name', () => {
    const waited = async (host: string, env: Record<string, string> = {}): Promise<number | undefined> => {
      const there = newWorld(world({ env }))
      there.context.me = () => ({ user: 'nobody', host, pid: 1 })
      expect((await runIn(there, '--ref master --jitter 10h')).code).toBe(0)
      return there.sleeps[0]
    }
    const job = (more: Record<string, string>): Record<string, string> => ({ CI: 'true', ...more })
    const cluster = (host: string): Record<string, string> => ({ KUBERNETES_SERVICE_HOST: host })
    // prettier-ignore
    const rows: [name: string, here: Record<string, string>, elsewhere: Record<string, string>][] = [
      ['Kubernetes', cluster('10.96.0.1'), cluster('172.20.0.1')],
      ['GitLab CI', job({ GITLAB_CI: 'true', CI_PROJECT_ID: '9' }), job({ GITLAB_CI: 'true', CI_PROJECT_ID: '10' })],
      ['GitHub Actions', job({ GITHUB_ACTIONS: 'true', GITHUB_JOB: 'a' }), job({ GITHUB_ACTIONS: 'true', GITHUB_JOB: 'b' })],
      ['another CI', job({ JOB_NAME: 'nightly' }), job({ JOB_NAME: 'weekly' })],
    ]
    test.each(rows)('%s: the same pause each night, another one elsewhere', async (_, here, elsewhere) => {
      const first = await waited('trigger-x7k2p', here)
      expect(await waited('trigger-9qz4w', here)).toBe(first)
      expect(await waited('trigger-9qz4w', elsewhere)).not.toBe(first)
    })

    test('a pod of a CronJob, a container of Docker', async () => {
      expect(await waited('nightly-29400030-x7k2p')).toBe(await waited('nightly-29401470-9qz4w'))
      expect(await waited('nightly-29400030-x7k2p')).not.toBe(await waited('weekly-29400030-x7k2p'))
      expect(await waited('0123456789ab')).toBe(await waited('ba9876543210'))
      expect(await waited('web-1')).not.toBe(await waited('web-2'))
    })
  })

  test('0 waits for nothing, and says nothing', async () => {
    const { code, stderr, world } = await typed('--ref master --jitter 0', { tty: ['stderr'] })
    expect({ code, sleeps: world.sleeps }).toEqual({ code: 0, sleeps: [] })
    expect(stderr).not.toContain('Waiting')
  })

  test('does not count as time of the run', async () => {
    expect(await typed('--ref master --jitter 24h --timeout 1s')).toMatchObject({ code: 0 })
  })

  test('says so where somebody looks on', async () => {
    const { stderr } = await typed('--ref master --jitter 10m', { tty: ['stderr'] })
    expect(stderr).toMatch(/^Waiting \d+ s \(--jitter\)\.\n/)
  })

  test('ends by a signal, nothing sent', async () => {
    const there = newWorld(world())
    there.context.sleep = () => {
      there.interrupt('SIGTERM')
      return Promise.reject(there.context.interrupted.reason as Error)
    }
    const { code, stderr } = await runIn(there, '--ref master --jitter 10m')
    expect(code).toBe(143)
    expect(stderr).toContain(none)
    expect(gitlab().requests).toEqual([])
  })

  test.each(['x', '25h', '-1', '0.0001'])('%s is refused', async (value) => {
    expect(await typed(['--ref', 'master', `--jitter=${value}`])).toMatchObject({ code: 2, stdout: '' })
    expect(gitlab().requests).toEqual([])
  })

  test('is spread over hosts, and over what is triggered', () => {
    const target = (ref: string): Parameters<typeof jitterMs>[3] =>
      [
        { server: { value: { base: 'https://x' } }, project: { value: '9' }, ref: { value: ref } },
      ] as unknown as Parameters<typeof jitterMs>[3]
    const spread = Array.from({ length: 200 }, (_, at) => jitterMs(1000, `host${at}`, undefined, target('m')))
    expect(new Set(spread.map((ms) => Math.floor(ms / 100))).size).toBe(10)
    expect(jitterMs(1000, 'h', undefined, target('a'))).not.toBe(jitterMs(1000, 'h', undefined, target('b')))
    expect(jitterMs(1000, 'h', 'one', target('a'))).not.toBe(jitterMs(1000, 'h', 'two', target('a')))
  })
})

describe('--skip-if-running', () => {
  test.each([
    'created',
    'pending',
    'running',
    'waiting_for_resource',
    'preparing',
    'canceling',
    'scheduled',
    'new_word',
  ])('an earlier pipeline of that ref and source is %s: 10, nothing sent', async (status) => {
    gitlab().addPipeline({ ref: 'master', source: 'trigger', status })
    const { code, stdout, stderr } = await typed('--ref master --skip-if-running')
    expect({ code, stdout }).toEqual({ code: 10, stdout: '' })
    expect(stderr).toContain(`pipeline 4711 of project 9 on master still runs (${status})`)
    expect(stderr).toContain(none)
    expect(posts(gitlab())).toEqual([])
  })

  test.each([
    ['is over', { status: 'failed' }],
    ['waits for a person, maybe for ever', { status: 'manual' }],
    ['is of a push', { source: 'push', status: 'running' }],
    ['is of another ref', { ref: 'develop', status: 'running' }],
  ])('an earlier pipeline %s: triggered', async (_, pipeline) => {
    gitlab().addPipeline({ ref: 'master', source: 'trigger', ...pipeline })
    expect(await typed('--ref master --skip-if-running')).toMatchObject({ code: 0, stdout: '4712\n' })
  })

  test('in a job, pipelines that jobs started count', async () => {
    gitlab().addPipeline({ ref: 'master', source: 'pipeline', status: 'running' })
    const { url, tokens } = gitlab()
    const env = { GITLAB_CI: 'true', CI_SERVER_URL: url, CI_JOB_TOKEN: tokens.job }
    expect((await run('--project 9 --ref master --skip-if-running', { env })).code).toBe(10)
  })

  test('without a token that may read: 4, nothing sent', async () => {
    const { code, stderr } = await typed('--ref master --skip-if-running', {}, false)
    expect(code).toBe(4)
    expect(stderr).toContain('GITLAB_TRIGGER_API_TOKEN')
    expect(posts(gitlab())).toEqual([])
  })

  test.each([
    [1, 0],
    [20, 6],
  ])('%i answers that are lost: %i', async (times, code) => {
    for (let at = 0; at < times; at += 1)
      gitlab().failNext({
        kind: 'reset',
        method: 'GET',
        path: 'source=trigger&order_by=id&sort=desc&per_page=100',
      })
    expect((await typed('--ref master --skip-if-running --no-verify')).code).toBe(code)
    expect(posts(gitlab())).toHaveLength(code === 0 ? 1 : 0)
  })
})

describe('--only-if-changed', () => {
  const line = '--ref master --only-if-changed'

  test('the second time says so, with 0 and no id; a moved ref is triggered', async () => {
    expect(await typed(line)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    const second = await typed(line)
    expect(second).toMatchObject({ code: 0, stdout: '' })
    expect(second.stderr).toMatch(
      /^Not triggered: master of project 9 is still at [0-9a-f]{8}, triggered 2026-11-22T12:00:00\.000Z as pipeline 4711\.\n$/,
    )
    expect(posts(gitlab())).toHaveLength(1)
    const [memory = ''] = filesBelow(join(home().state, 'last'))
    writeFileSync(memory, readFileSync(memory, 'utf8').replace(/[0-9a-f]{40}/, '0'.repeat(40)))
    expect(await typed(line)).toMatchObject({ code: 0, stdout: '4712\n', stderr: '' })
  })

  test('--quiet says nothing, --json says why', async () => {
    await typed(line)
    expect(await typed(`${line} --quiet`)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const { stdout } = await typed(`${line} --json`)
    expect(JSON.parse(stdout)).toMatchObject({ id: null, exit_code: 0, build_state: 'none', error: null })
    expect(JSON.parse(stdout)).toHaveProperty('skipped', expect.stringContaining('is still at'))
  })

  test.each([
    ['another ref', '--ref develop --only-if-changed'],
    ['another variable', '--ref master --only-if-changed --var A=1'],
    ['another input', '--ref master --only-if-changed --input environment=x'],
  ])('%s is another trigger', async (_, other) => {
    await typed(line)
    expect(await typed(other)).toMatchObject({ code: 0, stdout: '4712\n' })
  })

  test('a random marker is none', async () => {
    await typed(`${line} --marker`)
    expect(await typed(`${line} --marker`)).toMatchObject({ code: 0, stdout: '' })
  })

  test('what was refused is not remembered, and leaves nothing behind', async () => {
    gitlab().failNext({ kind: 'answer', status: 404, body: '{"message":"404 Not Found"}', method: 'POST' })
    await typed(line)
    expect(filesBelow(join(home().state, 'last'))).toEqual([])
  })

  test('what cannot be remembered is not triggered', async () => {
    mkdirSync(home().state, { recursive: true })
    writeFileSync(join(home().state, 'last'), '')
    const { code, stderr } = await typed(line)
    expect(code).toBe(14)
    expect(stderr).toContain(none)
    expect(posts(gitlab())).toEqual([])
  })

  test('a memory that is broken: triggered once more', async () => {
    await typed(line)
    const [memory = ''] = filesBelow(join(home().state, 'last'))
    writeFileSync(memory, '{"sha"')
    expect(await typed(line)).toMatchObject({ code: 0, stdout: '4712\n' })
  })

  test('the value of a variable is not in the memory', async () => {
    await typed(['--ref', 'master', '--only-if-changed', '--var', 'A=c4n4ry-c4n4ry'])
    expect(leaksBelow(home().root, 'c4n4ry-c4n4ry')).toEqual([])
  })
})

describe('--log-file', () => {
  const lines = (): Record<string, unknown>[] =>
    readFileSync(join(home().root, 'runs.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const logged = (line: string): Promise<Result> => typed(`${line} --log-file ${home().root}/runs.log`)

  test('has one JSON line for each run, whatever became of it, and no secret', async () => {
    await logged('--ref master --var A=c4n4ry-c4n4ry')
    await logged('--ref nowhere')
    await logged('--ref')
    await logged('--ref master --only-if-changed')
    await logged('--ref master --only-if-changed')
    expect(lines()).toMatchObject([
      {
        exit_code: 0,
        error: null,
        host: 'here',
        pid: 4242,
        targets: [{ id: 4711, variables: ['A'], build_state: 'triggered' }],
      },
      { exit_code: 5, targets: [{ id: null, ref: 'nowhere', build_state: 'none' }] },
      { exit_code: 0, targets: [{ id: 4712 }] },
      { exit_code: 0, targets: [{ id: null, build_state: 'none' }] },
    ])
    expect(readFileSync(join(home().root, 'runs.log'), 'utf8')).not.toContain('c4n4ry')
    expect(leaksBelow(home().root, gitlab().tokens.trigger)).toEqual([])
  })

  test('of several targets has all in one line', async () => {
    home().config('recipes:\n  all:\n    targets: [{ ref: master }, { ref: nowhere }]\n')
    expect((await logged('run all')).code).toBe(5)
    expect(lines()).toMatchObject([
      { recipe: 'all', exit_code: 5, targets: [{ id: 4711 }, { ref: 'nowhere' }] },
    ])
  })

  test.each([
    ['no folder', 'no/where', 'ENOENT', '/no)'],
    ['a folder', '.', 'EISDIR', 'It is a folder: rename it'],
    ['a named pipe that nobody reads from', 'pipe', 'ENXIO', 'start one that does'],
    [
      'a path through a file',
      'pipe/x',
      'ENOTDIR',
      'A part of that path is a file, not a folder: rename that file',
    ],
    ['a name that is too long', 'x'.repeat(300), 'ENAMETOOLONG', 'The path is too long: shorten it'],
  ])('that cannot be written (%s): 14, nothing sent', async (_, name, why, fix) => {
    execFileSync('mkfifo', [join(home().root, 'pipe')])
    const path = join(home().root, name)
    const { code, stderr } = await typed(['--ref', 'master', '--log-file', path])
    expect(code).toBe(14)
    expect(stderr).toContain(`--log-file: ${path} cannot be written (${why})\n`)
    expect(stderr).toContain(`${fix}, or name another file.\n`)
    expect(gitlab().requests).toEqual([])
  })

  test('on a full disk: 11 with the id, and no other build', async () => {
    const { code, stdout, stderr } = await typed('--ref master --log-file /dev/full')
    expect({ code, stdout }).toEqual({ code: 11, stdout: '4711\n' })
    expect(stderr).toContain(made(4711))
  })

  test('on a full disk a failure stays what it is', async () => {
    expect((await typed('--ref nowhere --log-file /dev/full')).code).toBe(5)
  })

  test('--dry-run adds nothing', async () => {
    await typed(`--ref master --dry-run --log-file ${home().root}/runs.log`)
    expect(filesBelow(home().root).filter((path) => path.endsWith('runs.log'))).toEqual([])
  })
})

describe('--heartbeat', () => {
  const seen: IncomingMessage[] = []
  let status = 200
  let url = ''
  const monitor = createServer((request, response) => {
    seen.push(request)
    response.writeHead(status, { location: `${url}/elsewhere` }).end('ok')
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => monitor.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(monitor.address() as AddressInfo).port}`
  })
  afterAll(() => monitor.close())
  beforeEach(() => {
    seen.length = 0
    status = 200
  })

  test('is one GET after success, without anything of ours', async () => {
    const { code, stdout, stderr } = await typed(`--ref master --heartbeat ${url}/ping/nightly?a=1`)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    expect(seen.map(({ method, url: path }) => `${method ?? ''} ${path ?? ''}`)).toEqual([
      'GET /ping/nightly?a=1',
    ])
    const text = JSON.stringify(seen.map(({ rawHeaders }) => rawHeaders))
    for (const token of Object.values(gitlab().tokens)) expect(text).not.toContain(token)
  })

  test('is not sent after a failure, nor by --dry-run', async () => {
    await typed(`--ref nowhere --heartbeat ${url}`)
    await typed(`--ref master --dry-run --heartbeat ${url}`)
    expect(seen).toEqual([])
  })

  test.each([
    ['--ref nowhere', 5, ['GET /failed']],
    ['--ref master --timeout 5x', 2, ['GET /failed']],
    ['--ref master', 0, ['GET /ok']],
    ['--ref master --dry-run', 0, []],
  ])('--heartbeat-failure is sent after anything else: %s', async (line, expected, pings) => {
    const { code } = await typed(`${line} --heartbeat ${url}/ok --heartbeat-failure ${url}/failed`)
    expect(code).toBe(expected)
    expect(seen.map(({ method, url: path }) => `${method ?? ''} ${path ?? ''}`)).toEqual(pings)
  })

  test('--heartbeat-failure that is not taken is said, and the exit code stays', async () => {
    status = 500
    const { code, stderr } = await typed(`--ref nowhere --heartbeat-failure ${url}`)
    expect(code).toBe(5)
    expect(stderr).toContain('warning: the heartbeat failed: answer 500\n')
  })

  test('is sent where the ref has not moved: all is well', async () => {
    await typed('--ref master --only-if-changed')
    await typed(`--ref master --only-if-changed --heartbeat ${url}`)
    expect(seen).toHaveLength(1)
  })

  test.each([
    ['500', 500],
    ['a redirect, which is not followed', 302],
  ])('that is answered by %s changes nothing but a warning', async (_, answer) => {
    status = answer
    const { code, stdout, stderr } = await typed(`--ref master --heartbeat ${url}`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(stderr).toBe(`warning: the heartbeat failed: answer ${answer}\n`)
    expect(seen).toHaveLength(1)
  })

  test('that nobody answers changes nothing but a warning', async () => {
    const { code, stderr } = await typed('--ref master --heartbeat http://127.0.0.1:1/')
    expect(code).toBe(0)
    expect(stderr).toMatch(/^warning: the heartbeat failed: /)
  })

  test.each(['x', 'ftp://x', 'https://user:c4n4ry-c4n4ry@x/', '/ping'])('%s is refused', async (text) => {
    const { code, stderr } = await typed(['--ref', 'master', '--heartbeat', text])
    expect(code).toBe(2)
    expect(stderr).not.toContain('c4n4ry')
    expect(gitlab().requests).toEqual([])
  })

  test('with a token in it is not sent', async () => {
    const { code, stderr } = await typed(`--ref master --heartbeat ${url}/${gitlab().tokens.trigger}`)
    expect(code).toBe(0)
    expect(stderr).toContain('holds a password or a token')
    expect(seen).toEqual([])
  })
})
