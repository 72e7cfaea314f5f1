import dns from 'node:dns'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { startSandbox, type Fault, type Sandbox } from '../../src/sandbox/server.ts'
import { closedPortUrl, environmentFor } from '../helpers/run-against.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { startGatedServer } from '../helpers/gated-server.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, runIn } from '../helpers/run.ts'
import { idLost, none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import { newFolder, newWorld, start } from '../helpers/world.ts'
import { cert, key } from '../sandbox/helpers/tls.ts'

const manyPipelines =
  '{"message":{"base":["Too many pipelines created in the last minute. Try again later."]}}'
const answer = (status: number, body = '', headers = {}): Fault => ({
  kind: 'answer',
  method: 'POST',
  status,
  body,
  headers,
})

describe('what was not sent is sent again', () => {
  test('refused twice, then 201: one POST, one build (T54)', async () => {
    const url = await closedPortUrl()
    const world = newWorld(environmentFor(url))
    let sandbox: Sandbox | undefined
    beforeSleep(world, 2, async () => {
      sandbox = await startSandbox({ now: () => start, paceMs: 0, port: Number(new URL(url).port) })
    })
    // The tokens of a sandbox are always the same.
    const other = await startSandbox({ now: () => start })
    await other.close()
    world.context.env = { ...world.context.env, GITLAB_TRIGGER_TOKEN: other.tokens.trigger }
    const { code, stdout } = await runIn(world, '--ref master --retry 3')
    const builds = sandbox?.pipelines.length
    const sent = sandbox && posts(sandbox).length
    await sandbox?.close()
    expect({ code, stdout, builds, sent }).toEqual({ code: 0, stdout: '4711\n', builds: 1, sent: 1 })
    // Full jitter of 1 s and 2 s.
    expect(world.sleeps).toEqual([500, 1000])
  })

  test.each([
    ['', [500, 1000, 2000]],
    ['--retry 0', []],
    ['--retry 1', [500]],
    ['--retry 5', [500, 1000, 2000, 4000, 8000]],
  ])('refused for ever, %s: exit 6 after these pauses: %j', async (flags, sleeps) => {
    const { code, stdout, stderr, world } = await run(
      `--ref master ${flags}`,
      environmentFor(await closedPortUrl()),
    )
    expect({ code, stdout, sleeps: world.sleeps }).toEqual({ code: 6, stdout: '', sleeps })
    expect(statesIn(stderr)).toEqual([none])
  })

  test('no pause is longer than a minute, and none goes beyond the time limit', async () => {
    const line = '--ref master --retry 100 --timeout 10m'
    const { code, world } = await run(line, environmentFor(await closedPortUrl()))
    expect(code).toBe(6)
    expect(Math.max(...world.sleeps)).toBeLessThanOrEqual(60_000)
    expect(world.context.now()).toBeLessThan(start + 600_000)
    expect(world.sleeps.length).toBeGreaterThan(10)
  })

  const resolver = dns.lookup
  afterEach(() => {
    dns.lookup = resolver
  })

  test('a name that cannot be looked up at first: one POST (T55)', async () => {
    const sandbox = await startSandbox({ now: () => start, paceMs: 0, hosts: ['gitlab.invalid'] })
    const world = newWorld(environment(sandbox))
    beforeSleep(world, 2, () => {
      const found = [{ address: '127.0.0.1', family: 4 }]
      dns.lookup = ((_: string, wanted: { all?: boolean }, done: (...all: unknown[]) => void) => {
        if (wanted.all) done(null, found)
        else done(null, '127.0.0.1', 4)
      }) as unknown as typeof resolver
    })
    const { code, stdout } = await runIn(world, '--ref master --allow-http')
    const sent = posts(sandbox).length
    await sandbox.close()
    expect({ code, stdout, sent }).toEqual({ code: 0, stdout: '4711\n', sent: 1 })
    expect(world.sleeps).toEqual([500, 1000])
  })

  test('a name that is never known: exit 6 after three more tries (T55)', async () => {
    const { code, world } = await run(
      '--ref master --allow-http',
      environmentFor('http://no-such-host.invalid'),
    )
    expect({ code, sleeps: world.sleeps.length }).toEqual({ code: 6, sleeps: 3 })
  })

  test('reset at accept: at most one POST is processed (T56)', async () => {
    const sandbox = await startSandbox({ now: () => start, paceMs: 0 })
    const gate = await startGatedServer(sandbox.url, [(socket) => socket.resetAndDestroy()])
    const env = { ...environment(sandbox).env, GITLAB_TRIGGER_SERVER: gate.url }
    const { code, stderr } = await run('--ref master', { env })
    const builds = sandbox.pipelines.length
    await Promise.all([gate.close(), sandbox.close()])
    expect([
      [0, 1, 2, ''],
      [7, 0, 1, unknown],
    ]).toContainEqual([code, builds, gate.count(), statesIn(stderr).join()])
  })

  test.each([
    ['a reset', 'resetAndDestroy'],
    ['a FIN', 'end'],
  ] as const)('%s in the TLS handshake, then 201: one POST (T57)', async (_, how) => {
    const folder = newFolder()
    const caFile = join(folder.path, 'ca.pem')
    writeFileSync(caFile, cert)
    const sandbox = await startSandbox({ now: () => start, paceMs: 0, tls: { key, cert } })
    const spoil = (socket: Parameters<Parameters<typeof startGatedServer>[1][0]>[0]): void => {
      socket.once('data', () => socket[how]())
    }
    const gate = await startGatedServer(sandbox.url, [spoil, spoil])
    const env = { ...environment(sandbox).env, GITLAB_TRIGGER_SERVER: gate.url }
    const { code, stdout, world } = await run(['--ref', 'master', '--cacert', caFile], { env })
    const sent = posts(sandbox).length
    await Promise.all([gate.close(), sandbox.close()])
    folder.remove()
    expect({ code, stdout, sent, sleeps: world.sleeps }).toEqual({
      code: 0,
      stdout: '4711\n',
      sent: 1,
      sleeps: [500, 1000],
    })
  })
})

describe('what an answer lets us do', () => {
  const gitlab = useGitlab()

  // prettier-ignore
  const again: [name: string, fault: Fault][] = [
    ['429 (T65)', answer(429, 'Retry later\n')],
    ['400, too many pipelines (T68)', answer(400, manyPipelines)],
  ]
  test.each(again)('%s is repeated, after a pause', async (_, fault) => {
    gitlab().failNext(fault)
    const { code, stdout, stderr, world } = await run('--ref master', environment(gitlab()))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab())).toHaveLength(2)
    expect(world.sleeps).toHaveLength(1)
    expect(world.sleeps[0]).toBeGreaterThanOrEqual(1000)
  })

  test.each(again)('%s for ever: exit 12, and when to try', async (_, fault) => {
    for (let count = 0; count < 5; count++) gitlab().failNext(fault)
    const { code, stdout, stderr } = await run('--ref master --timeout 10m', environment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 12, stdout: '' })
    expect(posts(gitlab())).toHaveLength(4)
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/)
  })

  // prettier-ignore
  const never: [name: string, fault: Fault, exit: number, state: string][] = [
    ...[500, 501, 502, 503, 504, 520, 408, 409].map((status): [string, Fault, number, string] =>
      [`${status} (T63, T64)`, answer(status, '', { 'retry-after': '1' }), 7, unknown]),
    ['429 by a gateway that says 502', answer(502, manyPipelines), 7, unknown],
    ['422 (T69)', answer(422, '{"message":{"base":["x"]}}', { 'retry-after': '1' }), 3, idLost],
    ['407 by a proxy on the way', answer(407, '', { 'retry-after': '1' }), 6, none],
    ['another 400', answer(400, '{"message":"Too many cooks"}', { 'retry-after': '1' }), 5, none],
    ['401', answer(401, '', { 'retry-after': '1' }), 4, none],
    ['403', answer(403, '', { 'retry-after': '1' }), 4, none],
    ['404', answer(404, '{"message":"404 Project Not Found"}'), 4, none],
    ['413', answer(413, '', { 'retry-after': '1' }), 5, none],
    ['302', answer(302, '', { location: '/', 'retry-after': '1' }), 5, none],
    ['a reset after everything (T59)', { kind: 'reset after', method: 'POST' }, 7, unknown],
    ['a cut 201 (T62)', { kind: 'cut', method: 'POST' }, 7, idLost],
  ]
  test.each(never)('%s is never repeated', async (_, fault, exit, state) => {
    gitlab().failNext(fault)
    const { code, stdout, stderr, world } = await run('--ref master --retry 9', environment(gitlab()))
    expect({ code, stdout, sleeps: world.sleeps }).toEqual({ code: exit, stdout: '', sleeps: [] })
    expect(statesIn(stderr)).toEqual([state])
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('each target of a recipe has its own tries', async () => {
    gitlab().failNext(answer(429, '', { 'retry-after': '2' }))
    const { code, world } = await run('--ref master --retry 1', environment(gitlab()))
    expect({ code, sleeps: world.sleeps }).toEqual({ code: 0, sleeps: [2000] })
  })

  test('--retry-ambiguous can double, and does as it says', async () => {
    gitlab().failNext({ ...answer(502), createThen: true })
    const { code, stdout } = await run('--ref master --retry-ambiguous', environment(gitlab()))
    expect({ code, stdout, builds: gitlab().pipelines.length }).toEqual({
      code: 0,
      stdout: '4712\n',
      builds: 2,
    })
  })

  test.each([
    [422, 3],
    [201, 7],
    [404, 4],
  ])('--retry-ambiguous does not repeat what is known: %i', async (status, exit) => {
    gitlab().failNext(answer(status, '{"message":"404 Project Not Found"}'))
    expect((await run('--ref master --retry-ambiguous', environment(gitlab()))).code).toBe(exit)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['404', answer(404, '{"message":"404 Project Not Found"}'), ''],
    ['404 of a GitLab without API v4', answer(404, '{"error":"404 Not Found"}'), '--input a=1'],
    ['429', answer(429, 'Retry later\n'), '--retry 1'],
  ])('--retry-ambiguous: a last answer of %s says nothing of the attempt before', async (_, last, flags) => {
    gitlab().failNext({ ...answer(502), createThen: true })
    gitlab().failNext(last)
    const { code, stderr } = await run(`--ref master --retry-ambiguous ${flags}`, environment(gitlab()))
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 7, states: [unknown] })
    expect(stderr).toMatch(/; an earlier attempt may have started a pipeline: GitLab answered 502/)
    expect(posts(gitlab())).toHaveLength(2)
  })

  test('--retry-ambiguous: after such an end a key is not free', async () => {
    gitlab().failNext({ ...answer(502), createThen: true })
    gitlab().failNext(answer(404, '{"message":"404 Project Not Found"}'))
    const folder = newFolder()
    const options = environment(gitlab(), { XDG_STATE_HOME: folder.path })
    const line = '--ref master --retry-ambiguous --once K'
    const codes = [(await run(line, options)).code, (await run(line, options)).code]
    folder.remove()
    expect({ codes, builds: gitlab().pipelines.length }).toEqual({ codes: [7, 7], builds: 1 })
  })

  test('the help of --retry-ambiguous says what it can do', async () => {
    const help = (await run('run --help')).stdout.replace(/\s+/g, ' ')
    expect(help).toMatch(/--retry-ambiguous .{0,80}two pipelines/)
  })

  test('an interrupt during the pause: no build, and no second POST', async () => {
    gitlab().failNext(answer(429, '', { 'retry-after': '30' }))
    const world = newWorld(environment(gitlab()))
    beforeSleep(world, 1, () => {
      world.interrupt('SIGTERM')
    })
    const { code, stderr } = await runIn(world, '--ref master')
    expect({ code, state: statesIn(stderr) }).toEqual({ code: 143, state: [none] })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['cron', {}, '--ref master', /^$/],
    ['a terminal', { tty: ['stderr' as const] }, '--ref master', /again in 2 s.*429/i],
    ['a CI log', { env: { CI: 'true' } }, '--ref master', /again in 2 s.*429/i],
    ['cron with --verbose', {}, '--ref master --verbose', /again in 2 s.*429/i],
    ['a terminal with --quiet', { tty: ['stderr' as const] }, '--ref master --quiet', /^$/],
  ])('what %s is told of a pause', async (_, more, line, says) => {
    gitlab().failNext(answer(429, '', { 'retry-after': '2' }))
    const { env } = environment(gitlab(), 'env' in more ? more.env : {})
    const { code, stderr } = await run(line, { ...more, ...(env && { env }) })
    expect(code).toBe(0)
    expect(stderr).toMatch(says)
  })
})

describe('how often', () => {
  const gitlab = useGitlab()
  const home = useHome()

  test.each(['-1', '1.5', 'x', '', ' 3', '101', '999', '1e1', '0x3', '٣', 'NaN'])(
    '--retry=%j: exit 2, nothing sent',
    async (count) => {
      const line = ['--ref', 'master', `--retry=${count}`]
      const { code, stderr } = await run(line, environment(gitlab()))
      expect(code).toBe(2)
      expect(stderr).toContain('--retry')
      expect(statesIn(stderr)).toEqual([none])
      expect(gitlab().requests).toEqual([])
    },
  )

  // prettier-ignore
  test.each([
    ['in the file', ['retry: 1'], [], '', 2],
    ['in the server entry', [], ['retry: 0'], '', 1],
    ['the server entry before the file', ['retry: 5'], ['retry: 2'], '', 3],
    ['--retry before the config', ['retry: 5'], ['retry: 2'], '--retry 0', 1],
  ])('retry %s', async (_, file, entry, flags, sent) => {
    home().config(file.map((line) => `${line}\n`).join('') + serverYaml(gitlab(), ...entry))
    for (let count = 0; count < 9; count++) gitlab().failNext(answer(429, '', { 'retry-after': '1' }))
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    expect((await run(`-s work -p 9 -r master ${flags}`, home().world({ env }))).code).toBe(12)
    expect(posts(gitlab())).toHaveLength(sent)
  })

  test.each(['-1', '1.5', '101', 'yes', '"3"'])('retry: %s in the config: exit 14', async (count) => {
    home().config(serverYaml(gitlab(), `retry: ${count}`))
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    const { code, stderr } = await run('-s work -p 9 -r master', home().world({ env }))
    expect(code).toBe(14)
    expect(stderr).toContain('retry')
    expect(gitlab().requests).toEqual([])
  })
})
