import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault, JobPlan, Script } from '../../src/sandbox/server.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { whenStalled } from '../helpers/clock.ts'
import { failTimes, useFollower } from '../helpers/follower.ts'
import { start, useFolder, type World } from '../helpers/world.ts'

// One wrong answer, a machine that sleeps, or a limit that comes just before the end: what is said is true all the same.

const { gitlab, follow } = useFollower()
const one = { method: 'GET', path: /pipelines\/4711$/ } as const
const answers = (status: number, body: string, headers: Record<string, string> = {}): Fault => ({
  ...{ kind: 'answer', status, body, ...one },
  headers: { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html', ...headers },
})
const firewall = '<title>Just a moment...</title>'
const long: Script = { by: 'clock', job: { run_tests: { runs: 90 } } }

/** What the server says of the pipeline. */
async function statusNow(): Promise<string> {
  const headers = { 'private-token': gitlab().tokens.api }
  const answer = await fetch(`${gitlab().url}/api/v4/projects/9/pipelines/4711`, { headers })
  return ((await answer.json()) as { status: string }).status
}

/** Lets faults begin after the first look. */
const later =
  (act: (world: World) => void) =>
  (world: World): void => {
    beforeSleep(world, 2, () => {
      act(world)
    })
  }

describe('what is not the last word does not end the waiting (T85)', () => {
  // prettier-ignore
  const rows: [name: string, fault: Fault, times: number, code: number][] = [
    ['a page of a firewall', answers(403, firewall), 9, 0],
    ['a page that asks for a password', answers(401, firewall), 9, 0],
    ['JSON of somebody else', answers(403, '{"cf_ray":"8a7"}'), 9, 0],
    ['a sign-in', answers(302, '', { location: 'https://sso.example.com/login' }), 9, 0],
    ['a sign-in that is followed already', answers(200, '<form action="/users/sign_in">'), 9, 0],
    ['a deployment', answers(503, '<title>Deploy in progress</title>', { 'retry-after': '3600' }), 2, 0],
    ['401 of GitLab', answers(401, '{"message":"401 Unauthorized"}'), 3, 0],
    ['403 of GitLab', answers(403, '{"message":"403 Forbidden"}'), 3, 0],
    ['403 of GitLab as an OAuth error', answers(403, '{"error":"insufficient_scope","error_description":"The request requires higher privileges"}'), 3, 0],
    ['404 of a replica', answers(404, '{"message":"404 Not found"}'), 3, 0],
    ['401 of GitLab, again and again', answers(401, '{"message":"401 Unauthorized"}'), 4, 8],
    ['403 of GitLab, again and again', answers(403, '{"error":"insufficient_scope"}'), 4, 8],
    ['404, again and again', answers(404, '{"message":"404 Not found"}'), 4, 8],
  ]
  test.each(rows)('%s', async (_, fault, times, code) => {
    const result = await follow('--ref master --wait --poll-grace 15m', long, {
      prepare: later(() => {
        failTimes(gitlab(), times, fault)
      }),
    })
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '4711\n' })
    expect(result.stderr === '').toBe(code === 0)
  })

  test('of a Retry-After no more than a minute passes before the next look, and no more than the grace', async () => {
    const limited = answers(429, '{"message":"429 Too Many Requests"}', { 'retry-after': '3600' })
    for (const [grace, ms] of [
      ['10m', 60_000],
      ['20s', 20_000],
    ] as const) {
      const { code, world } = await follow(`--ref master --wait --poll-grace ${grace}`, long, {
        prepare: later(() => {
          failTimes(gitlab(), 1, { ...limited, path: /pipelines\/\d+$/ })
        }),
      })
      expect({ code, long: world.sleeps.find((each) => each > 10_000) }).toEqual({ code: 0, long: ms })
    }
  })

  test('what may be read at first and is refused in one look is there in the next', async () => {
    const { code, stderr } = await follow(
      '--ref master --wait',
      { failsInStage: 'build' },
      {
        prepare: later(() => {
          failTimes(gitlab(), 2, { ...answers(403, '{"message":"403 Forbidden"}'), path: /4711\/jobs/ })
        }),
      },
    )
    expect(code).toBe(3)
    expect(stderr).toContain('Pipeline 4711 failed: build_package (script_failure)\n')
  })
})

describe('what could not be read is no success where that depends on it', () => {
  const flaky: JobPlan = { name: 'flaky', stage: 't', ends: 'failed', allowFailure: true }
  const jobs: JobPlan[] = [
    { name: 'a', stage: 'a' },
    { name: 'b', stage: 'a', downstream: { jobs: [flaky] } },
    { name: 'deploy', stage: 'd', when: 'manual', allowFailure: true },
  ]
  const faults = {
    '403': answers(403, '{"message":"403 Forbidden"}'),
    '404': answers(404, '{"message":"404 Not found"}'),
    '502': answers(502, '<title>502 Bad Gateway</title>'),
  }
  const [child, childJobs, bridges, rootJobs] = [/4712$/, /4712\/jobs/, /4711\/bridges/, /4711\/jobs/]
  const warned = /^gitlab-trigger: Pipeline 4711 succeeded with warnings; allowed to fail, and failed: flaky/
  const unread = (id: number, why: string): RegExp =>
    new RegExp(
      `^gitlab-trigger: Pipeline 4711 succeeded.*, but not all of it could be read: pipeline ${id}: ${why}`,
    )

  // prettier-ignore
  const rows: [flags: string, path: RegExp, fault: keyof typeof faults, times: number, code: number, says: RegExp][] = [
    ['--fail-on-warnings', child, '403', 1, 3, warned],
    ['--fail-on-warnings', child, '403', 3, 3, warned],
    ['--fail-on-warnings', child, '403', 99, 11, unread(4712, '403 Forbidden')],
    ['--fail-on-warnings', child, '404', 1, 3, warned],
    ['--fail-on-warnings', child, '404', 99, 11, unread(4712, '404 Not found')],
    ['--fail-on-warnings', child, '502', 4, 3, warned],
    ['--fail-on-warnings', child, '502', 99, 11, unread(4712, '502 Bad Gateway')],
    ['--fail-on-warnings', childJobs, '403', 1, 3, warned],
    ['--fail-on-warnings', childJobs, '403', 99, 11, unread(4712, '403 Forbidden')],
    ['--fail-on-warnings', childJobs, '502', 4, 3, warned],
    ['--fail-on-warnings', bridges, '403', 4, 3, warned],
    ['--fail-on-warnings', bridges, '502', 4, 3, warned],
    ['--fail-on-warnings', bridges, '403', 99, 11, unread(4711, '403 Forbidden')],
    ['--fail-on-warnings', rootJobs, '502', 4, 3, warned],
    ['--fail-on-warnings', rootJobs, '502', 99, 3, warned],
    ['--play deploy', rootJobs, '403', 1, 0, /^$/],
    ['--play deploy', rootJobs, '403', 99, 11, unread(4711, '403 Forbidden')],
    ['--play deploy', child, '403', 99, 0, /^$/],
    ['', child, '403', 99, 0, /^$/],
  ]
  test.each(rows)('%s, where %s answers %s %d times', async (flags, path, fault, times, code, says) => {
    gitlab().script('master', { by: 'clock', jobs })
    gitlab().addPipeline({ ref: 'master', createdAt: start - 60_000 })
    failTimes(gitlab(), times, { ...faults[fault], path })
    const result = await follow(`wait 4711 --retry-grace 0 ${flags}`)
    expect(result.stderr.replaceAll('Started deploy.\n', '')).toMatch(says)
    expect(result.code).toBe(code)
    expect(result.tookMs).toBeLessThan(120_000)
  })

  test('what fails only in the last look is not taken from the one before', async () => {
    const late: JobPlan[] = [
      { name: 'a', stage: 'a', runs: 8 },
      { name: 'b', stage: 'a', downstream: { jobs: [{ ...flaky, runs: 5 }] } },
    ]
    const { code, stderr } = await follow(
      '--ref master --wait --fail-on-warnings --retry-grace 0',
      { by: 'clock', jobs: late },
      {
        prepare(world) {
          beforeSleep(world, 6, () => {
            failTimes(gitlab(), 99, { ...faults['502'], path: child })
          })
        },
      },
    )
    expect({ code, stderr }).toEqual({
      code: 11,
      stderr: expect.stringMatching(unread(4712, '502')) as string,
    })
  })
})

test('a downstream pipeline that was retried between two looks, and ended as before, is read again', async () => {
  const flaky: JobPlan = {
    ...{ name: 'flaky', stage: 't', allowFailure: true },
    ...{ ends: 'failed', endsAfterRetry: 'success' },
  }
  const jobs: JobPlan[] = [
    { name: 'slow', stage: 'a', runs: 70 },
    { name: 'b', stage: 'a', downstream: { jobs: [flaky], others: [{ at: 40, do: 'retry' }] } },
  ]
  const line = '--ref master --wait --poll-interval 30s --fail-on-warnings'
  const { code, stderr } = await follow(line, { by: 'clock', jobs })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const reads = gitlab().requests.filter(({ path }) => path.includes('4712/jobs'))
  expect(reads).toHaveLength(2)
})

describe('a token file is read again after a 401', () => {
  const folder = useFolder()
  const tokens = (): string[] =>
    gitlab().requests.map(({ headers }) => String(headers['private-token'] ?? ''))

  test.each([
    ['a look', '--ref master --wait', one],
    [
      'what cancels',
      '--ref master --wait --run-timeout 60s --cancel-on-timeout',
      { method: 'POST', path: '/cancel' },
    ],
  ])('%s', async (_, line, where) => {
    const [old, fresh] = [gitlab().tokens.api, gitlab().tokens.readApi]
    const file = join(folder().path, 'api.token')
    writeFileSync(file, old, { mode: 0o600 })
    const { code } = await follow(`${line} --api-token-file ${file}`, long, {
      withoutApiToken: true,
      prepare: later(() => {
        writeFileSync(file, `${fresh}\n`)
        gitlab().failNext({ ...answers(401, '{"message":"401 Unauthorized"}'), ...where })
      }),
    })
    expect(code).toBe(where === one ? 0 : 8)
    const at = gitlab().requests.findIndex(({ status }) => status === 401)
    expect(tokens().slice(at, at + 2)).toEqual([old, fresh])
    expect(new Set(tokens().slice(at + 1))).toEqual(new Set([fresh]))
  })

  test('one that did not change, or is not there any more, is asked no more often', async () => {
    const file = join(folder().path, 'same.token')
    writeFileSync(file, gitlab().tokens.api, { mode: 0o600 })
    const { code } = await follow(`--ref master --wait --api-token-file ${file}`, long, {
      withoutApiToken: true,
      prepare: later(() => {
        writeFileSync(file, 'no token\nat all\n')
        failTimes(gitlab(), 4, answers(401, '{"message":"401 Unauthorized"}'))
      }),
    })
    expect(code).toBe(8)
    expect(gitlab().requests.filter(({ status }) => status === 401)).toHaveLength(4)
  })
})

describe('time in which the machine slept is no time', () => {
  const hour = 3_600_000

  test.each([
    'wait 4711 --timeout 60s',
    'wait 4711 --run-timeout 60s',
    '--ref master --wait --run-timeout 60s',
  ])('%s is over meanwhile: one more look is taken', async (line) => {
    gitlab().script('master', long)
    if (line.startsWith('wait')) gitlab().addPipeline()
    const { code } = await follow(`${line} --cancel-on-timeout`, undefined, {
      prepare(world) {
        const begin = world.context.now()
        const sleep = world.context.sleep.bind(world.context)
        let hasSlept = false
        world.context.sleep = async (ms, signal) => {
          if (!hasSlept && world.context.now() + ms >= begin + 57_000) {
            hasSlept = true
            world.suspend(hour)
            world.advance(8000)
          }
          await sleep(ms, signal)
        }
      },
    })
    expect({ code, status: await statusNow() }).toEqual({ code: 0, status: 'success' })
  })

  test.each([
    ['slept', true, 0, 'success'],
    ['did not', false, 8, 'canceled'],
  ])('a limit comes during the first look, in which the machine %s', async (_, sleeps, code, status) => {
    gitlab().script('master', { by: 'clock', job: { run_tests: { runs: 55 } } })
    gitlab().addPipeline()
    let stop = (): void => undefined
    const result = await follow('wait 4711 --timeout 50s --cancel-on-timeout', undefined, {
      prepare(world) {
        failTimes(gitlab(), 20, { kind: 'stall', method: 'GET', path: /pipelines\/4711\/jobs/ })
        stop = whenStalled(gitlab(), () => {
          if (sleeps) world.suspend(hour)
        })
      },
    })
    stop()
    expect({ code: result.code, status: await statusNow() }).toEqual({ code, status })
  })

  test.each([
    ['while a look went on: it is taken again', true, 0],
    ['not at all: contact is lost', false, 8],
  ])('it slept %s', async (_, sleeps, code) => {
    let stop = (): void => undefined
    const result = await follow('--ref master --wait --poll-grace 5s', long, {
      prepare: later((world) => {
        gitlab().failNext({ kind: 'stall', ...one })
        stop = whenStalled(gitlab(), () => {
          if (sleeps) world.suspend(hour)
        })
      }),
    })
    stop()
    expect(result.code).toBe(code)
  })
})

describe('a limit that races the end: the code is that of the end that was seen', () => {
  const lengths = [50, 52, 54, 55, 56, 57, 58, 59, 60, 62, 66]
  test.each(lengths.flatMap((runs) => (['success', 'failed'] as const).map((ends) => [runs, ends] as const)))(
    'a job of %i s that ends with %s',
    async (runs, ends) => {
      const job: JobPlan = { name: 'unit', stage: 'test', runs, ends }
      const line = '--ref master --wait --run-timeout 60s --cancel-on-timeout --poll-interval 20s'
      const { code, stderr } = await follow(line, { by: 'clock', jobs: [job] })
      const status = await statusNow()
      expect({ code, status }).toEqual({
        code: { success: 0, failed: 3, canceled: 8 }[status],
        status,
      })
      if (code === 8) expect(stderr).toContain('was canceled')
    },
  )
})

describe('--run-timeout counts from the start of the pipeline', () => {
  const running = (startedAgoMs: number): void => {
    gitlab().script('master', { by: 'clock', job: { run_tests: { runs: 5000 } } })
    gitlab().addPipeline({ ref: 'master', createdAt: Date.UTC(2026, 10, 22, 12) - startedAgoMs })
  }

  test.each([
    ['started 8 min ago', 480_000, 110_000, 123_000],
    ['was over at the first look', 1_200_000, 1000, 2000],
  ])('one that %s', async (_, agoMs, atLeast, atMost) => {
    running(agoMs)
    const { code, stderr, tookMs } = await follow('wait 4711 --run-timeout 10m')
    expect(code).toBe(8)
    expect(stderr).toContain('Pipeline 4711 has run for 10 min and is still running')
    expect(tookMs).toBeGreaterThanOrEqual(atLeast)
    expect(tookMs).toBeLessThanOrEqual(atMost)
  })

  test('what was retried runs from then on', async () => {
    gitlab().script('master', { by: 'clock', failsInStage: 'test' })
    gitlab().addPipeline({ ref: 'master', createdAt: Date.UTC(2026, 10, 22, 12) - 1_200_000 })
    expect((await follow('retry 4711 --wait --run-timeout 10m')).code).toBe(0)
  })
})

describe('why nothing moves', () => {
  const stays = (name: string, status: string, more: Partial<JobPlan> = {}): JobPlan => ({
    ...{ name, stage: name, statuses: [status] },
    ...more,
  })
  // prettier-ignore
  const rows: [name: string, jobs: JobPlan[], why: string][] = [
    ['all jobs are over', [stays('a', 'success'), stays('b', 'skipped')], 'all its jobs have finished'],
    ['only created ones are left', [stays('a', 'success'), stays('b', 'created'), stays('c', 'created')], 'nothing runs that could start b, c (created)'],
    ['no runner takes one', [stays('a', 'success'), stays('b', 'pending', { tags: ['gpu'] })], '"b" is pending (no runner with tag gpu has taken it yet)'],
    ['no runner takes one, another runs', [stays('a', 'running'), stays('b', 'pending')], '"b" is pending (no runner has taken it yet)'],
  ]
  test.each(rows)('%s: it is said once, and at the limit', async (_, jobs, why) => {
    const { code, stderr } = await follow(
      '--ref master --wait --run-timeout 30m',
      { pipeline: ['running'], jobs },
      { tty: ['stderr'], env: { TERM: 'dumb' } },
    )
    expect(code).toBe(8)
    expect(stderr.split(`Pipeline 4711: nothing has changed for 5 min: ${why}.`)).toHaveLength(2)
    expect(stderr).toContain(`Pipeline 4711 has run for 30 min and is still running: ${why}\n`)
  })
})

test.each([
  [
    'failed',
    { failsInStage: 'build' },
    '',
    'Pipeline 4711 failed; watching 5 s more in case it is retried.\n',
  ],
  ['failed, no grace', { failsInStage: 'build' }, '--retry-grace 0', ''],
  ['manual', { pipeline: ['manual'], jobs: [] }, '', ''],
  ['skipped', { pipeline: ['skipped'], jobs: [] }, '', ''],
] satisfies [string, Script, string, string][])(
  'what is said of the grace for a retry: %s',
  async (_, script, flags, says) => {
    const { code, stderr, tookMs } = await follow(`--ref master --wait ${flags}`, script, {
      env: { CI: 'true' },
    })
    expect(code).toBe(3)
    expect(/^.*watching.*\n/m.exec(stderr)?.[0] ?? '').toBe(says)
    if (says === '') expect(tookMs).toBeLessThan(8000)
  },
)
