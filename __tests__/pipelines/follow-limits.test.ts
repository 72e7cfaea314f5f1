import type { Fault, JobPlan, Script } from '../../src/sandbox/server.ts'
import { failTimes, useFollower } from '../helpers/follower.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { made, statesIn } from '../helpers/pipeline-sentences.ts'
import type { World } from '../helpers/world.ts'

const follower = useFollower()
const second = 1000

const still = (status: string, more: Partial<JobPlan> = {}): Script => ({
  jobs: [{ name: 'a', stage: 'a', statuses: [status], ...more }],
})
const slow: Script = { by: 'clock', job: { run_tests: { runs: 7200 } } }
/** Nothing starts for an hour, then it takes ten seconds or so. */
const late: Script = { by: 'clock', startsAfter: 3600 }

// prettier-ignore
const rows: [name: string, Script, flags: string, says: RegExp, atMs: number][] = [
  ['no runner with a tag', { stuckWithoutRunner: ['gpu'] }, '--queue-timeout 10m', /No job of pipeline 4711 started within 10 min: "run_tests" is pending \(no runner with tag gpu has taken it yet\)\n/, 600_000],
  ['no runner with two', { stuckWithoutRunner: ['gpu', 'big'] }, '--queue-timeout 90s', /within 90 s: "run_tests" is pending \(no runner with tags gpu, big has taken it yet\)\n/, 90_000],
  ['no runner at all', still('pending'), '--queue-timeout 30s', /"a" is pending \(no runner has taken it yet\)\n/, 30_000],
  ['a resource group', still('waiting_for_resource'), '--queue-timeout 30s', /"a" is waiting_for_resource \(another job holds its resource group\)\n/, 30_000],
  ['preparing', still('preparing'), '--queue-timeout 30s', /"a" is preparing \(it is being prepared\)\n/, 30_000],
  ['delayed', still('scheduled'), '--queue-timeout 30s', /"a" is scheduled \(it is delayed\)\n/, 30_000],
  ['without jobs', { jobs: [], pipeline: ['created'] }, '--queue-timeout 30s', /within 30 s: it has no jobs\n/, 30_000],
  ['starts too late', late, '--queue-timeout 5m --run-timeout 1m', /No job of pipeline 4711 started within 5 min/, 300_000],
  ['runs too long', slow, '--run-timeout 1h', /Pipeline 4711 has run for 60 min and is still running\n/, 3_602_000],
  ['runs too long, queued in time', slow, '--queue-timeout 10s --run-timeout 30s', /Pipeline 4711 has run for 30 s and is still running\n/, 32_000],
  ['at a slow pace', slow, '--poll-interval 10m --run-timeout 15m', /has run for 15 min and is still running/, 900_000],
]

test.each(rows)('%s', async (_, script, flags, says, atMs) => {
  const { code, stdout, stderr, tookMs } = await follower.follow(`--ref master --wait ${flags}`, script)
  expect(stderr).toMatch(says)
  expect({ code, stdout }).toEqual({ code: 8, stdout: '4711\n' })
  expect(statesIn(stderr)).toEqual([made(4711)])
  // Started is what a look sees, so a limit may be a look late; it is never overshot.
  expect(tookMs).toBeGreaterThanOrEqual(atMs)
  expect(tookMs).toBeLessThanOrEqual(atMs + 600 * second * (flags.includes('10m ') ? 1 : 0) + 2 * second)
})

test('a job that starts just in time is not too late', async () => {
  const script: Script = { by: 'clock', startsAfter: 100 }
  expect(await follower.follow('--ref master --wait --queue-timeout 104s', script)).toMatchObject({ code: 0 })
})

describe('a look that hangs does not overshoot a limit', () => {
  // prettier-ignore
  const hanging: [flags: string, command: 'run' | 'wait', says: RegExp, atMs: number][] = [
    ['--queue-timeout 30s', 'run', /No job of pipeline 4711 started within 30 s: it is created\n/, 30_000],
    ['--timeout 20s', 'wait', /Pipeline 4711 is still created after 20 s\n/, 20_000],
  ]
  test.each(hanging)('%s', async (flags, command, says, atMs) => {
    const { gitlab, follow } = follower
    gitlab().script('master', slow)
    if (command === 'wait') gitlab().addPipeline()
    const line = command === 'run' ? `--ref master --wait ${flags}` : `wait 4711 ${flags}`
    const result = await follow(line, undefined, {
      prepare(world) {
        beforeSleep(world, 1, () => {
          failTimes(gitlab(), 9, { kind: 'stall', path: '/pipelines/4711' })
        })
      },
    })
    expect(result.stderr).toMatch(says)
    expect({ code: result.code, tookMs: result.tookMs }).toEqual({ code: 8, tookMs: atMs })
  })

  test.each([
    ['silence', { kind: 'stall' }],
    ['401', { kind: 'answer', status: 401 }],
    ['502', { kind: 'answer', status: 502 }],
  ] as const)(
    'one that was seen to fail has failed, whatever becomes of the looks after it: %s',
    async (_, fault) => {
      const { gitlab, follow } = follower
      const prepare = (world: World): void => {
        beforeSleep(world, 1, () => {
          failTimes(gitlab(), 300, { ...fault, path: /pipelines\/\d+$/ })
        })
      }
      const script = { pipeline: ['failed'] }
      const { code, stderr, tookMs } = await follow('--ref master --wait --retry-grace 20m', script, {
        prepare,
      })
      expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('failed') as string })
      expect(tookMs).toBeLessThanOrEqual(1_200_000)
    },
  )
})

describe('what a look has seen before its limit counts, though its list of jobs does not come', () => {
  const jobs = { kind: 'stall', path: /4711\/jobs/ } as const
  const deploy: Script = {
    by: 'clock',
    jobs: [
      { name: 'build', stage: 'build', runs: 15 },
      { name: 'deploy', stage: 'deploy', when: 'manual', allowFailure: true, runs: 5 },
    ],
  }
  const play = { kind: 'stall', method: 'POST', path: '/play' } as const
  const none = { kind: 'stall', path: '/nowhere' } as const
  const starts: Script = { by: 'clock', startsAfter: 22 }
  /** It fails after 22 seconds, is retried after 75, and succeeds 20 seconds later. */
  const retried: Script = {
    by: 'clock',
    jobs: [{ name: 'build', stage: 'build', runs: 20, ends: 'failed', endsAfterRetry: 'success' }],
    others: [{ at: 76, do: 'retry' }],
  }
  // prettier-ignore
  const rows: [name: string, script: Script, flags: string, fault: Fault, from: number, times: number, code: number, says: RegExp][] = [
    ['it has started', starts, '--queue-timeout 30s', jobs, 22, 1, 0, /^$/],
    ['it has started, and is not canceled', starts, '--queue-timeout 30s --cancel-on-timeout', jobs, 22, 1, 0, /^$/],
    ['it has started, and no list ever comes', { ...slow, startsAfter: 22 }, '--queue-timeout 30s --run-timeout 60s', jobs, 22, 99, 8, /Pipeline 4711 has run for 60 s and is still running: its jobs could not be read: the time limit was reached\n/],
    ['nothing has started', late, '--queue-timeout 30s', jobs, 10, 99, 8, /No job of pipeline 4711 started within 30 s/],
    ['it has succeeded', { by: 'clock' }, '--timeout 60s', jobs, 6, 99, 0, /^$/],
    ['it has succeeded, whether with warnings is not known', { by: 'clock' }, '--timeout 30s --fail-on-warnings', jobs, 6, 99, 8, /before all below it was read\n/],
    ['it was retried: the grace for that does not end it', retried, '--poll-interval 10s --retry-grace 60s --timeout 10m --cancel-on-timeout', jobs, 70, 1, 0, /^$/],
    ['it has failed', { by: 'clock', failsInStage: 'build' }, '--timeout 60s --retry-grace 5m', jobs, 5, 99, 3, /Pipeline 4711 failed/],
    ['a job to play may not have started', deploy, '--play deploy --timeout 60s', play, 10, 99, 8, /Pipeline 4711 is success, but the time limit was reached before deploy \(--play\) had finished\n/],
    ['a job to play may not have started, nothing to cancel', deploy, '--play deploy --timeout 60s --cancel-on-timeout', play, 10, 99, 8, /before deploy \(--play\) had finished/],
    ['a job to play runs', { ...deploy, job: { deploy: { runs: 300 } } }, '--play deploy --timeout 60s', none, 10, 0, 8, /Pipeline 4711 is still running after 60 s/],
    ['whether a job to play has run cannot be read', deploy, '--play deploy --timeout 40s', jobs, 15.5, 99, 8, /Pipeline 4711 is success, but the time limit was reached before deploy \(--play\) had finished\n/],
  ]
  test.each(rows)('%s', async (_, script, flags, fault, from, times, code, says) => {
    const { gitlab, follow } = follower
    gitlab().script('master', script)
    gitlab().addPipeline()
    const result = await follow(`wait 4711 ${flags}`, undefined, {
      prepare(world) {
        const sleep = world.context.sleep.bind(world.context)
        const begin = world.context.now()
        let isComing = true
        world.context.sleep = async (ms, signal) => {
          if (isComing && world.context.now() - begin >= from * second) {
            isComing = false
            failTimes(gitlab(), times, fault)
          }
          await sleep(ms, signal)
        }
      },
    })
    expect({ code: result.code, stderr: result.stderr }).toEqual({
      code,
      stderr: expect.stringMatching(says) as string,
    })
    expect(gitlab().requests.some(({ outcome }) => outcome === 'stalled')).toBe(times > 0)
    expect(gitlab().requests.some(({ path }) => path.endsWith('/cancel'))).toBe(false)
  })
})

describe('wait --timeout', () => {
  test('counts from the start of the command: a server that is not there', async () => {
    const { gitlab, follow } = follower
    failTimes(gitlab(), 99, { kind: 'answer', status: 502 })
    const { code, stdout, stderr, tookMs } = await follow('wait 4711 --timeout 30s')
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(tookMs).toBeLessThanOrEqual(30_000)
    expect(stderr).toContain('It is safe to run the same command again.')
  })

  test('and a pipeline that goes on', async () => {
    const { gitlab, follow } = follower
    gitlab().script('master', slow)
    gitlab().addPipeline()
    failTimes(gitlab(), 3, { kind: 'answer', status: 502 })
    const { code, stdout, stderr, tookMs } = await follow('wait 4711 --timeout 1m')
    expect({ code, stdout, tookMs }).toEqual({ code: 8, stdout: '4711 running\n', tookMs: 60_000 })
    expect(stderr).toMatch(
      /Pipeline 4711 is still running after 60 s\nTo resume waiting: gitlab-trigger wait .* 4711\n/,
    )
  })

  test('without it a server that is not there is waited for as long as --poll-grace says', async () => {
    const { gitlab, follow } = follower
    failTimes(gitlab(), 99, { kind: 'answer', status: 502 })
    const { code, tookMs } = await follow('wait 4711 --poll-grace 3m')
    expect(code).toBe(6)
    expect(tookMs).toBeGreaterThan(120_000)
    expect(tookMs).toBeLessThanOrEqual(180_000)
  })
})

describe('--cancel-on-timeout', () => {
  test('cancels what is over its limit, and says so', async () => {
    const { gitlab, follow } = follower
    const { code, stderr } = await follow('--ref master --wait --run-timeout 30s --cancel-on-timeout', slow)
    expect(code).toBe(8)
    expect(stderr).toMatch(/has run for 30 s and is still running\. Pipeline 4711 was canceled\n/)
    expect(stderr).not.toContain('To go on')
    const cancels = gitlab().requests.filter(({ path }) => path.endsWith('/cancel'))
    expect(cancels.map(({ path, status }) => [path, status])).toEqual([
      ['/api/v4/projects/9/pipelines/4711/cancel', 200],
    ])
  })

  test('needs an API token, before anything is sent', async () => {
    const { gitlab, follow } = follower
    const { code, stderr } = await follow('--ref master --wait --cancel-on-timeout', slow, {
      withoutApiToken: true,
    })
    expect(code).toBe(2)
    expect(stderr).toContain('--cancel-on-timeout: no API token given')
    expect(gitlab().requests).toEqual([])
  })
})
