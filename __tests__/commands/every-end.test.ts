import { passTime } from '../helpers/clock.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { runIn, type Result } from '../helpers/run.ts'
import { startStallingServer, type Stall, type StallingServer } from '../helpers/stalling-server.ts'
import { newWorld, start, useFolder, type World, type WorldOptions } from '../helpers/world.ts'

// Whatever stalls, a server or who reads the output: each command ends at its limit, and at the first signal.

let now = (): number => start
beforeEach(() => {
  now = () => start
})
const gitlab = useGitlab({ now: () => now(), paceMs: 1000 })
const folder = useFolder()
let front: StallingServer
beforeEach(async () => {
  front = await startStallingServer(gitlab().url)
})
afterEach(() => front.close())

interface Stalled {
  /** Requests that stall, and how. */
  server?: [requests: RegExp, how: Stall]
  streams?: WorldOptions['stalled']
  /** stdout stalls once the pipeline is there. */
  later?: true
  /** How the pipelines live. */
  isSlow?: true
}

/** Types a line, in which `{}` is the URL of the server. */
async function type(
  line: string,
  { server, streams = [], later, isSlow }: Stalled,
  prepare: (world: World) => void = () => undefined,
): Promise<Result & { tookMs: number }> {
  gitlab().script('master', { by: 'clock', ...(isSlow && { job: { run_tests: { runs: 99_999 } } }) })
  // Logs are those of a finished pipeline, unless they are followed.
  if (line.startsWith('logs 47')) now = () => start - 600_000
  if (/47\d\d/.test(line)) gitlab().addPipeline()
  if (server) front.stall(...server)
  const { env } = environment(gitlab(), {
    GITLAB_TRIGGER_SERVER: front.url,
    GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
    XDG_STATE_HOME: folder().path,
  })
  const world = newWorld({ env: env ?? {}, cwd: folder().path, stalled: streams })
  now = () => world.context.now()
  front.use(world)
  if (later)
    world.context.alarm(500, () => {
      world.stall('stdout')
    })
  const time = passTime(world, front)
  try {
    prepare(world)
    const result = await runIn(world, line.replace('{}', front.url))
    return { ...result, tookMs: time.passed() }
  } finally {
    time.stop()
  }
}

const artifacts = /GET .*\/artifacts/
const report = /GET .*\/test_report/
const logs = /GET .*\/trace/
const cancel = /POST .*\/cancel/
const beat = /GET \/beat/
const deaf: Stalled = { streams: ['stdout'] }

const notTaken = (why: string): string => `warning: the heartbeat failed: ${why}\n`

/** How long a pipeline takes, and what the clock may be late, in ms. */
const lifeMs = 60_000
const lateMs = 1000

// prettier-ignore
const rows: [name: string, line: string, stalled: Stalled, codes: number[], limitMs: number, lifeMs?: number][] = [
  ['run: the id is not read', '--ref master --timeout 60s', deaf, [11], 60_000],
  ['run --json: the object is not read', '--ref master --timeout 60s --json', deaf, [11], 60_000],
  ['run --events: no line is read', '--ref master --timeout 60s --events', deaf, [11], 60_000],
  ['run: stderr is not read before the POST', '--ref master --timeout 60s --verbose', { streams: ['stderr'] }, [6], 60_000],
  ['run: neither is read', '--ref master --timeout 60s --verbose', { streams: ['stdout', 'stderr'] }, [6], 60_000],
  ['run --wait --json: the object is not read', '--ref master --wait --json', deaf, [11], 300_000, lifeMs],
  ['run --wait --events: not read at a limit', '--ref master --wait --events --run-timeout 2m', { isSlow: true, later: true }, [8, 11], 130_000],
  ['run --wait --artifacts: silence', '--ref master --wait --artifacts out', { server: [artifacts, 'silence'] }, [11], 300_000, lifeMs],
  ['run --wait --artifacts: a trickle', '--ref master --wait --artifacts out', { server: [artifacts, 'trickle'] }, [11], 300_000, lifeMs],
  ['run --wait --junit: silence', '--ref master --wait --junit x.xml', { server: [report, 'silence'] }, [11], 300_000, lifeMs],
  ['run --wait --junit: a trickle', '--ref master --wait --junit x.xml --report-timeout 30s', { server: [report, 'trickle'] }, [11], 30_000, lifeMs],
  ['run --follow: a log without an end', '--ref master --follow --logs build_package --report-timeout 30s', { server: [logs, 'trickle'] }, [11], 30_000, lifeMs],
  ['run --follow: a log without an answer, at a limit', '--ref master --follow --logs all --run-timeout 60s', { server: [logs, 'silence'], isSlow: true }, [8], 120_000],
  ['run --heartbeat: silence', '--ref master --heartbeat {}/beat', { server: [beat, 'silence'] }, [0], 10_000],
  ['run --heartbeat: a trickle', '--ref master --heartbeat {}/beat', { server: [beat, 'trickle'] }, [0], 10_000],
  ['run --heartbeat: silence, within a shorter limit', '--ref master --timeout 6s --heartbeat {}/beat', { server: [beat, 'silence'] }, [0], 6000],
  ['run --wait --heartbeat: silence after the end', '--ref master --wait --heartbeat {}/beat', { server: [beat, 'silence'] }, [0], 10_000, lifeMs],
  ['run --expect-sha: canceling is not answered', '--ref master --expect-sha 1234567', { server: [cancel, 'silence'], isSlow: true }, [3], 31_000],
  ['run --cancel-on-timeout: canceling is not answered', '--ref master --wait --run-timeout 60s --cancel-on-timeout', { server: [cancel, 'silence'], isSlow: true }, [8], 150_000],
  ['run --cancel-on-timeout: nobody reads', '--ref master --wait --json --run-timeout 60s --cancel-on-timeout', { server: [cancel, 'silence'], isSlow: true, streams: ['stdout', 'stderr'] }, [8, 11], 180_000],
  ['wait: silence', 'wait 4711 --timeout 60s', { server: [/pipelines/, 'silence'] }, [6], 60_000],
  ['wait: the result is not read', 'wait 4711', deaf, [11], 300_000, lifeMs],
  ['wait: the result is not read in time', 'wait 4711 --timeout 2m', deaf, [11], 120_000],
  ['wait --events: not read', 'wait 4711 --timeout 60s --events', { ...deaf, isSlow: true }, [8, 11], 60_000],
  ['wait --artifacts: silence', 'wait 4711 --timeout 2m --artifacts out', { server: [artifacts, 'silence'] }, [11], 120_000],
  ['wait --artifacts: a trickle', 'wait 4711 --timeout 2m --artifacts out', { server: [artifacts, 'trickle'] }, [11], 120_000],
  ['wait --junit: silence', 'wait 4711 --timeout 2m --junit x.xml', { server: [report, 'silence'] }, [11], 120_000],
  ['wait --junit: silence, of two', 'wait 4711 --report-timeout 10s --junit x.xml', { server: [report, 'silence'] }, [11], 10_000, lifeMs],
  ['retry --wait --artifacts: silence', 'retry 4711 --wait --artifacts out --report-timeout 20s', { server: [artifacts, 'silence'] }, [11], 20_000, 2 * lifeMs],
  ['retry: silence', 'retry 4711 --timeout 60s', { server: [/POST .*\/retry/, 'silence'] }, [7, 8], 60_000],
  ['cancel: silence', 'cancel 4711 --timeout 60s', { server: [cancel, 'silence'], isSlow: true }, [6, 7, 8], 60_000],
  ['cancel: the result is not read', 'cancel 4711 --timeout 60s', { ...deaf, isSlow: true }, [11], 60_000],
  ['status: the result is not read', 'status 4711 --timeout 60s', deaf, [11], 60_000],
  ['logs: not read', 'logs 4711 --timeout 60s', deaf, [11], 60_000],
  ['logs: a log without an end', 'logs 4711 --timeout 60s --job build_package', { server: [logs, 'trickle'] }, [8, 11], 60_000],
  ['logs -f: not read', 'logs -f 4711 --timeout 60s', { ...deaf, isSlow: true }, [8, 11], 60_000],
  ['logs -f: a log without an end', 'logs -f 4711 --timeout 60s', { server: [logs, 'trickle'], isSlow: true }, [8], 60_000],
  ['logs -f: a log without an end, of a pipeline that ends', 'logs -f 4711 --timeout 5m', { server: [logs, 'trickle'] }, [8, 11], 300_000],
  ['logs -f: silence', 'logs -f 4711 --timeout 60s', { server: [logs, 'silence'], isSlow: true }, [8], 60_000],
  ['projects: not read', 'projects seed --timeout 60s', deaf, [11], 60_000],
  ['refs: not read', 'refs --timeout 60s --json', deaf, [11], 60_000],
  ['tokens list: not read', 'tokens list --timeout 60s', deaf, [11], 60_000],
  ['tokens test: not read', 'tokens test --timeout 60s', deaf, [11], 60_000],
  ['schedule gitlab list: not read', 'schedule gitlab list --timeout 60s', deaf, [11], 60_000],
  ['doctor: not read', 'doctor --timeout 60s', deaf, [11], 60_000],
]

test.each(rows)('%s: at the limit', async (_, line, stalled, codes, limitMs, before = 0) => {
  const { code, tookMs, mail } = await type(line, stalled)
  expect(codes).toContain(code)
  expect(tookMs).toBeLessThanOrEqual(before + limitMs + lateMs)
  // Never before: a pager may pause for hours.
  if (stalled.streams) expect(tookMs).toBeGreaterThanOrEqual(Math.min(limitMs, 60_000))
  // What is triggered is; a monitor that has begun to answer has been told.
  if (line.includes('--heartbeat'))
    expect(mail).toBe(
      stalled.server?.[1] === 'trickle'
        ? ''
        : notTaken(line.includes('6s') ? 'the time limit of 6 s has passed' : 'no answer within 10 s'),
    )
  const isTold = code === 11 && line.includes('--ref') && !stalled.streams?.includes('stderr')
  if (isTold) expect(mail).toContain('Pipeline 4711 was created.')
})

/** Those without any limit too. */
// prettier-ignore
const unlimited: [name: string, line: string, stalled: Stalled][] = [
  ['logs: not read', 'logs 4711', deaf],
  ['logs: a log without an end', 'logs 4711 --job build_package', { server: [logs, 'trickle'] }],
  ['logs -f: not read', 'logs -f 4711', deaf],
  ['config show: not read', 'config show', deaf],
  ['history: not read', 'history --json', deaf],
]

const bySignal = [...rows.map(([name, line, stalled]) => [name, line, stalled] as const), ...unlimited]

test.each(bySignal)('%s: at the first signal', async (_, line, stalled) => {
  let at = 0
  const { code, tookMs, mail } = await type(line, stalled, (world) => {
    const wait = (): void => {
      const isStalled = world.isStalled() || front.requests.length > 0
      if (!isStalled) {
        world.context.alarm(1000, wait)
        return
      }
      world.context.alarm(3000, () => {
        at = world.context.now() - start
        world.interrupt('SIGTERM')
      })
    }
    wait()
  })
  if (line.includes('--heartbeat'))
    expect({ code, mail }).toEqual({
      code: 0,
      mail: stalled.server?.[1] === 'trickle' ? '' : notTaken('stopped by SIGTERM'),
    })
  else expect([143, 11]).toContain(code)
  expect(at).toBeGreaterThan(0)
  expect(tookMs - at).toBeLessThanOrEqual(lateMs)
})

/** For reads that no flag asked for: a quarter of the time, 10 s at most. */
// prettier-ignore
const optional: [line: string, requests: RegExp, atMs: number, says: RegExp][] = [
  ['--ref master', /GET .*\/pipelines\?ref=/, 10_000, /the newest pipeline.* could not be read in time/],
  ['--ref master --timeout 20s', /GET .*\/pipelines\?ref=/, 5000, /could not be read in time; continuing without/],
  ['status 4711', /GET .*\/variables/, 10_000, /the variables of pipeline 4711 could not be read in time/],
  ['retry 4711 --json', /GET .*\/jobs/, 10_000, /its jobs could not be read in time/],
  ['tokens test', /GET .*\/triggers/, 10_000, /the list of trigger tokens, which shows the owner of this one, could not be read in time; continuing without/],
  ['doctor', /GET .*\/version/, 10_000, /its version could not be read in time/],
]
test.each(optional)(
  '%s: what is optional stalls, and it goes on without',
  async (line, requests, atMs, says) => {
    const { code, tookMs, stdout, mail } = await type(line, { server: [requests, 'silence'] })
    expect(code).toBe(0)
    expect(stdout).not.toBe('')
    expect(tookMs).toBeGreaterThanOrEqual(atMs)
    expect(tookMs).toBeLessThanOrEqual(atMs + lifeMs)
    expect(stdout + mail).toMatch(says)
  },
)
