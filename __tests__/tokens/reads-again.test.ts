import { join } from 'node:path'
import { startSandbox, type Fault } from '../../src/sandbox/server.ts'
import { jsonAnswer, requestsBy, apiEnvironment } from '../helpers/api.ts'
import { runInTime } from '../helpers/clock.ts'
import { newAuthority } from '../helpers/certificates.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import { useFolder, newWorld, start } from '../helpers/world.ts'

const gitlab = useGitlab()
const folder = useFolder()

/** `{}` in a line is a file that is not there yet. */
const typed = (line: string): string[] => line.replace('{}', join(folder().path, 'new.token')).split(' ')

const reads = [
  ['tokens list', '/triggers?', 0],
  ['tokens create --description x', '/triggers?', 1],
  ['tokens update 31 --description x', '/triggers?', 1],
  ['tokens revoke 31 --yes', '/triggers?', 1],
  ['tokens rotate 31 --yes --save-to {}', '/triggers?', 3],
  ['tokens test', '/projects/9', 1],
  ['tokens test', '/triggers?', 1],
  ['projects x', '/projects?', 0],
  ['projects --mine', '/projects?', 0],
  ['refs', '/repository/tags', 0],
] as const

const limited = (headers: Record<string, string>): Fault => ({
  kind: 'answer',
  status: 429,
  headers,
  body: 'Retry later\n',
})

// prettier-ignore
const passing: [name: string, fault: Fault, sleep: number][] = [
  ['408', { kind: 'answer', status: 408 }, 500],
  ['429, and when to come again', limited({ 'retry-after': '11' }), 11_000],
  ['429, and at which moment', limited({ 'ratelimit-reset': String(start / 1000 + 7), date: new Date(start).toUTCString() }), 7000],
  ['429, at once', limited({ 'retry-after': '0' }), 500],
  ['429, nothing more', limited({}), 11_250],
  ['500', { kind: 'answer', status: 500, body: '{"message":"500 Internal Server Error"}' }, 500],
  ['502', { kind: 'answer', status: 502, body: 'GitLab is not responding' }, 500],
  ['503, and when to come again', { kind: 'answer', status: 503, headers: { 'retry-after': '20' } }, 20_000],
  ['a connection that breaks', { kind: 'reset' }, 500],
  ['no answer', { kind: 'reset after' }, 500],
  ['half an answer', { kind: 'cut' }, 500],
]

describe.each(reads)('%s: a read of %s', (line, path, changes) => {
  const writes = (): unknown[] => gitlab().requests.filter(({ method }) => method !== 'GET')
  const again = (fault: Fault, times: number): void => {
    for (let at = 0; at < times; at += 1) gitlab().failNext({ ...fault, method: 'GET', path })
  }

  test.each(passing)(
    'after %s is sent again; what changes something is sent once',
    async (_, fault, sleep) => {
      again(fault, 1)
      const { code, stderr, world } = await run(typed(line), apiEnvironment(gitlab()))
      expect({ code, stderr, sleeps: world.sleeps }).toEqual({ code: 0, stderr: '', sleeps: [sleep] })
      expect(writes()).toHaveLength(changes)
    },
  )

  test('at a terminal each pause is told', async () => {
    again({ kind: 'answer', status: 502 }, 1)
    again({ kind: 'reset after' }, 1)
    const { code, stderr } = await run(
      [...typed(line), '--verbose'],
      apiEnvironment(gitlab(), { CI: 'true' }),
    )
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /-> 502\nTrying again in 0\.5 s: answer 502\.\n.* -> no answer\nTrying again in 1 s: the /,
    )
  })
})

describe.each(reads.filter(([line]) => line !== 'tokens test'))('%s: what does not pass', (line, path) => {
  const fails = (fault: Fault): Promise<Result> => {
    for (let at = 0; at < 20; at += 1) gitlab().failNext({ ...fault, method: 'GET', path })
    return run(typed(line), apiEnvironment(gitlab()))
  }

  test.each<[name: string, fault: Fault, code: number, sleeps: number[], says: string]>([
    ['500', { kind: 'answer', status: 500 }, 6, [500, 1000, 2000, 4000, 8000, 16_000, 30_000], 'safe to run'],
    [
      'half an answer',
      { kind: 'cut' },
      6,
      [500, 1000, 2000, 4000, 8000, 16_000, 30_000],
      'the answer broke off',
    ],
    ['429', limited({ 'retry-after': '40' }), 12, [40_000, 40_000], 'try again in 40 s'],
    ['429 for longer than there is time', limited({ 'retry-after': '90' }), 12, [], 'try again in 90 s'],
    [
      '503 for longer than there is time',
      { kind: 'answer', status: 503, headers: { 'retry-after': '900' } },
      6,
      [],
      '503',
    ],
  ])('%s: until --timeout would be over', async (_, fault, code, sleeps, says) => {
    const { stdout, stderr, world, ...result } = await fails(fault)
    expect({ code: result.code, stdout, sleeps: world.sleeps }).toEqual({ code, stdout: '', sleeps })
    expect(stderr).toContain(says)
    expect(statesIn(stderr)).toEqual([])
    expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
    expect(filesBelow(folder().path)).toEqual([])
  })

  test('nobody listens: as often as --retry of run, for the address may be wrong', async () => {
    const gone = await startSandbox({ now: () => start, paceMs: 0 })
    await gone.close()
    const env = { GITLAB_TRIGGER_SERVER: gone.url }
    const { code, stdout, stderr, world } = await run(typed(line), apiEnvironment(gitlab(), env))
    // Branches and tags are read side by side.
    const sleeps = [...new Set(world.sleeps)]
    expect({ code, stdout, sleeps }).toEqual({ code: 6, stdout: '', sleeps: [500, 1000, 2000] })
    expect(stderr).toContain(`: ${gone.url} was not reached: the connection was refused`)
    expect(stderr).toContain('Is the address right, and is the server running?')
    expect(filesBelow(folder().path)).toEqual([])
  })

  test('Ctrl-C in a pause: exit 130 at once', async () => {
    gitlab().failNext(jsonAnswer('GET', path, 502, 'x'))
    const world = newWorld(apiEnvironment(gitlab()))
    const sleep = world.context.sleep.bind(world.context)
    world.context.sleep = (ms, signal) => {
      world.interrupt('SIGINT')
      return sleep(ms, signal)
    }
    const { code, stdout, stderr } = await runIn(world, typed(line))
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(statesIn(stderr)).toEqual([])
    expect(filesBelow(folder().path)).toEqual([])
  })
})

test.each(['tokens list', 'tokens test', 'refs'])(
  '%s: a certificate that is not accepted is not asked for again',
  async (line) => {
    const server = await startSandbox({
      now: () => start,
      paceMs: 0,
      tls: newAuthority(folder().path, 'own').sign('good', 'IP:127.0.0.1'),
    })
    try {
      const { code, stderr, world } = await run(line, apiEnvironment(server))
      expect({ code, sleeps: world.sleeps }).toEqual({ code: 6, sleeps: [] })
      expect(stderr).toContain('unknown authority')
      expect(stderr).toMatch(
        /Trust its authority \(.*own.*\): caFile in the server's entry, or --cacert PATH\./,
      )
    } finally {
      await server.close()
    }
  },
)

test('a read that is not answered within 70 seconds is given up, and sent again while there is time', async () => {
  gitlab().failNext({ kind: 'stall', method: 'GET', path: '/triggers?' })
  const line = 'tokens list --timeout 5m'
  const { code, stderr, world } = await runInTime(gitlab(), line, apiEnvironment(gitlab()))
  expect({ code, stderr, sleeps: world.sleeps }).toEqual({ code: 0, stderr: '', sleeps: [500] })
})

test.each([
  ['tokens rotate 31 --yes --save-to {}', 'POST'],
  ['tokens revoke 31 --yes', 'DELETE'],
])('%s: what was read has used up its part of the limit', async (line, method) => {
  gitlab().failNext({ kind: 'stall', method: 'GET', path: '/triggers?' })
  gitlab().failNext({ kind: 'stall', method })
  const { code, stderr, tookMs } = await runInTime(gitlab(), typed(line), apiEnvironment(gitlab()))
  expect({ code, tookMs }).toEqual({ code: 7, tookMs: 90_000 })
  expect(stderr).toContain('the time limit of 90 s has passed')
})

test('of two reads side by side one is refused: the other is not asked for again when that has been said', async () => {
  gitlab().failNext(jsonAnswer('GET', '/repository/branches', 403, { message: '403 Forbidden' }))
  gitlab().failNext(jsonAnswer('GET', '/repository/tags', 502, 'x'))
  const world = newWorld(apiEnvironment(gitlab(), { CI: 'true' }))
  let isOver = false
  const sleep = world.context.sleep.bind(world.context)
  world.context.sleep = async (ms, signal) => {
    while (!isOver && !signal.aborted) await new Promise((resolve) => setImmediate(resolve))
    await sleep(ms, signal)
  }
  const { code } = await runIn(world, 'refs')
  isOver = true
  const before = world.stderr()
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect({ code, stderr: world.stderr(), sleeps: world.sleeps }).toEqual({
    code: 4,
    stderr: before,
    sleeps: [],
  })
})

describe('the trial of a trigger token starts nothing, but is a POST', () => {
  // prettier-ignore
  const rows: [name: string, fault: Fault, code: number, posts: number][] = [
    ['a rate limit', limited({ 'retry-after': '5' }), 0, 2],
    ['a gateway', { kind: 'answer', status: 502 }, 6, 1],
    ['no answer', { kind: 'reset after' }, 6, 1],
  ]
  test.each(rows)(
    'after %s it is sent again only where it provably came to nothing',
    async (_, fault, code, posts) => {
      gitlab().failNext({ ...fault, method: 'POST', path: '/trigger/pipeline' })
      const result = await run('tokens test --json', apiEnvironment(gitlab()))
      expect(result.code).toBe(code)
      expect(JSON.parse(result.stdout)).toMatchObject({ is_good: code === 0 ? true : null })
      expect(requestsBy(gitlab(), 'POST')).toHaveLength(posts)
      expect(gitlab().pipelines).toEqual([])
    },
  )
})
