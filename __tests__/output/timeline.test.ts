import { criticalPath, pathSums } from '../../src/follow/timeline/critical-path.ts'
import { lastMoment, timedPipeline } from '../../src/follow/timeline/timed-jobs.ts'
import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import type { Script } from '../../src/sandbox/server.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { at, bridge, job, noon, pipeline } from '../helpers/pipelines.ts'
import { useFollower, type FollowOptions, type Followed } from '../helpers/follower.ts'

/** A job with the times, in seconds after noon, when it was queued, started and ended. */
const ran = (
  name: string,
  queued: number,
  started: number,
  ended: number | null,
  more: Partial<Job> = {},
): Job =>
  job('s', name, ended === null ? 'running' : 'success', {
    startedAt: at(started),
    finishedAt: ended === null ? null : at(ended),
    queuedMs: (started - queued) * 1000,
    ...more,
  })

/** A job without times. */
const idle = (name: string, status: string, more: Partial<Job> = {}): Job =>
  job('s', name, status, { startedAt: null, finishedAt: null, queuedMs: null, ...more })

/** The path of a pipeline in words, with the seconds from noon, and its sums. */
function pathOf(root: Pipeline, now: number, replaced: Job[] = []): { path: string[]; total: number } {
  const timed = timedPipeline(root, ({ id }) => (id === root.id ? replaced : []), at(now))
  const parts = criticalPath(timed)
  const total = Object.values(pathSums(parts)).reduce((sum, ms) => sum + ms, 0)
  expect(total).toBe(timed.until - timed.since)
  expect(lastMoment(timed)).toBeGreaterThanOrEqual(timed.until)
  return {
    path: parts.map(
      ({ kind, from, to, timed: each }) =>
        `${(from - noon) / 1000}-${(to - noon) / 1000} ${kind} ${each?.job.name ?? 'end'}`,
    ),
    total: total / 1000,
  }
}

const done = (seconds: number, jobs: Job[]): Pipeline =>
  pipeline('success', jobs, { finishedAt: at(seconds) })
const child = (jobs: Job[], seconds: number): Pipeline =>
  pipeline('success', jobs, { id: 4712, createdAt: at(10), startedAt: at(10), finishedAt: at(seconds) })

// prettier-ignore
test.each<[name: string, root: Pipeline, path: string[], ...replaced: Job[][]]>([
  ['one job', done(30, [ran('a', 2, 5, 30)]), ['0-2 waiting a', '2-5 queued a', '5-30 running a']],
  ['two in a row', done(40, [ran('a', 0, 5, 20), ran('b', 20, 25, 40)]), ['0-5 queued a', '5-20 running a', '20-25 queued b', '25-40 running b']],
  ['of two side by side, the one that ended last', done(60, [ran('a', 0, 1, 10), ran('b', 0, 1, 30), ran('c', 30, 32, 60)]), ['0-1 queued b', '1-30 running b', '30-32 queued c', '32-60 running c']],
  ['needs: a stage that did not wait', done(60, [ran('a', 0, 1, 10), ran('slow', 0, 1, 50), ran('b', 10, 12, 60)]), ['0-1 queued a', '1-10 running a', '10-12 queued b', '12-60 running b']],
  ['started by hand', done(100, [ran('a', 0, 0, 10), ran('deploy', 70, 80, 100)]), ['0-10 running a', '10-70 waiting deploy', '70-80 queued deploy', '80-100 running deploy']],
  ['blocked', pipeline('manual', [ran('a', 0, 0, 10), idle('deploy', 'manual')]), ['0-10 running a', '10-90 manual deploy']],
  ['an optional manual job costs nothing', done(10, [ran('a', 0, 0, 10), idle('deploy', 'manual', { allowFailure: true })]), ['0-10 running a']],
  ['running', pipeline('running', [ran('a', 0, 0, 10), ran('b', 10, 20, null)]), ['0-10 running a', '10-20 queued b', '20-90 running b']],
  ['pending', pipeline('running', [ran('a', 0, 0, 10), job('s', 'b', 'pending', { queuedMs: 80_000 })]), ['0-10 running a', '10-90 queued b']],
  ['nothing has begun', pipeline('created', [idle('a', 'created')]), ['0-90 waiting end']],
  ['no jobs', done(7, []), ['0-7 waiting end']],
  ['a job that was retried', done(60, [ran('a', 40, 42, 60, { id: 9010 })]), ['0-20 running a', '20-40 waiting a', '40-42 queued a', '42-60 running a'], [ran('a', 0, 0, 20, { status: 'failed' })]],
  ['inside a trigger job that waits', done(52, [{ ...bridge('down', 'success', child([ran('x', 12, 15, 50)], 50)), startedAt: at(10), finishedAt: at(51), queuedMs: 0 }]), ['0-10 waiting down', '10-12 waiting x', '12-15 queued x', '15-50 running x', '50-51 waiting end', '51-52 waiting end']],
  ['a trigger job that does not wait', done(30, [{ ...bridge('down', 'success', child([ran('x', 12, 15, 90)], 90)), startedAt: at(10), finishedAt: at(11), queuedMs: 0 }, ran('b', 11, 11, 30)]), ['0-10 waiting down', '10-11 running down', '11-30 running b']],
  ['no queue times', done(30, [job('s', 'a', 'success', { startedAt: at(5), finishedAt: at(30) })]), ['0-5 waiting a', '5-30 running a']],
  ['clocks that differ by a second', done(30, [ran('a', 0, 0, 11), ran('b', 10, 10, 30)]), ['0-10 running a', '10-30 running b']],
])('the critical path: %s', (_, root, path, ...more) => {
  expect(pathOf(root, 90, ...more).path).toEqual(path)
})

const usual: Script = {
  by: 'clock',
  jobs: [
    { name: 'compile', stage: 'build', waits: 4, runs: 60 },
    { name: 'unit', stage: 'test', waits: 60, runs: 600 },
    { name: 'lint', stage: 'test', runs: 5, allowFailure: true, ends: 'failed' },
    {
      name: 'ship',
      stage: 'deploy',
      downstream: { depend: true, jobs: [{ name: 'apply', stage: 'go', runs: 100 }] },
    },
    { name: 'notify', stage: 'deploy', when: 'manual', allowFailure: true },
  ],
}

const { gitlab, follow } = useFollower({ rateLimit: { perMinute: 9999 } })

/** `status 4711 --timeline` this many seconds after the trigger. */
async function show(seconds: number, words = '', more: FollowOptions = {}): Promise<Followed> {
  gitlab().script('master', usual)
  await follow('--ref master')
  return follow(`status 4711 --timeline ${words}`, undefined, {
    ...more,
    prepare(world) {
      more.prepare?.(world)
      world.advance(seconds * 1000)
    },
  })
}

const bars = (stdout: string): string[] =>
  stdout.slice(stdout.indexOf('Timeline of')).split('\n').slice(0, -1)

test('bars on one axis, the critical path marked and summed', async () => {
  const { code, stdout, stderr } = await show(2000)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = bars(stdout)
  expect(lines[0]).toMatch(/^Timeline of \d+m \d\ds, 2026-11-22T12:00:00Z to 2026-11-22T12:/)
  expect(lines.find((line) => line.includes('compile'))).toMatch(/^\* compile +\.?#+ +1m 00s$/)
  expect(lines.find((line) => line.includes('unit'))).toMatch(/^\* unit +\.+#+ +10m 00s$/)
  expect(lines.find((line) => line.includes('lint'))).toMatch(/^ {2}lint +\.?#+ +5s$/)
  expect(lines.find((line) => line.includes('notify'))).toMatch(/^ {2}notify +manual$/)
  expect(lines.find((line) => line.includes('apply'))).toMatch(/^\* {3}apply +\.?#+ +1m 40s$/)
  expect(stdout).toMatch(/\nCritical path: compile -> unit -> (ship -> )?apply\n/)
  expect(stdout).toMatch(/ jobs ran \(unit 10m 00s, apply 1m 40s, compile 1m 00s\)\n/)
  const drawn = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('Critical path')),
  )
  expect(Math.max(...drawn.map(({ length }) => length))).toBeLessThanOrEqual(80)
})

describe('while it runs', () => {
  let moment = noon
  const server = useGitlab({ now: () => moment, paceMs: 1000, rateLimit: { perMinute: 9999 } })

  test('up to now by the clock of the server, whatever this machine says', async () => {
    moment = noon
    server().script('master', usual)
    await run('--ref master', apiEnvironment(server()))
    moment = at(200)
    const { stdout } = await run('status 4711 --timeline', apiEnvironment(server()))
    expect(bars(stdout)[0]).toBe('Timeline of 3m 20s, 2026-11-22T12:00:00Z to 2026-11-22T12:03:20Z')
    expect(stdout).toMatch(/\* unit +\.+#+ +1m \d\ds\n/)
    expect(stdout).toMatch(/Of 3m 20s:\n +2m \d\ds/)
  })
})

test('UTF-8 only where the locale says so', async () => {
  const { stdout } = await show(2000, '', { env: { LANG: 'en_US.UTF-8' } })
  expect(stdout).toMatch(/\* unit +\u2591+\u2588+ +10m 00s\n/)
  expect(stdout).toContain('compile \u2192 unit')
  expect((await show(2000, '', { env: { LANG: 'C' } })).stdout).toMatch(/^[\n -~]+$/)
})

test.each([40, 80, 200])('at a terminal of %i columns the axis takes its width', async (columns) => {
  const { stdout } = await show(2000, '--no-color', {
    tty: ['stdout'],
    prepare: (world) => void (world.context.stdout.columns = columns),
  })
  const lines = bars(stdout)
  const drawn = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('Critical path')),
  )
  const widths = drawn.map(({ length }) => length)
  expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
  if (columns > 40) expect(Math.max(...widths)).toBeGreaterThan(columns / 2)
})

test('--json has the times and the path, whose parts follow one another', async () => {
  const { stdout } = await show(2000, '--json')
  interface Part {
    kind: string
    from: string
    to: string
    seconds: number
  }
  const { timeline } = JSON.parse(stdout) as {
    timeline: {
      from: string
      seconds: Record<string, number>
      jobs: { name: string; is_critical: boolean }[]
      critical_path: Part[]
    }
  }
  const {
    seconds: { total = 0, ...sums },
    critical_path: path,
    jobs,
  } = timeline
  expect(Object.values(sums).reduce((sum, each) => sum + each, 0)).toBe(total)
  expect(path.reduce((sum, each) => sum + each.seconds, 0)).toBe(total)
  expect(path[0]?.from).toBe(timeline.from)
  for (const [index, part] of path.slice(1).entries()) expect(part.from).toBe(path[index]?.to)
  expect(jobs.filter((each) => each.is_critical).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['compile', 'unit', 'apply']),
  )
  expect(
    (JSON.parse((await follow('status 4711 --json')).stdout) as { timeline: unknown }).timeline,
  ).toBeNull()
})

test('jobs that were retried are there, and said where they cannot be read', async () => {
  gitlab().script('master', {
    by: 'clock',
    jobs: [{ name: 'a', stage: 's', ends: 'failed', runs: 30 }],
    others: [{ at: 60, do: 'retry' }],
  })
  await follow('--ref master')
  const later = (fault?: () => void): Promise<Followed> =>
    follow('status 4711 --timeline', undefined, {
      prepare(world) {
        world.advance(120_000)
        fault?.()
      },
    })
  expect((await later()).stdout).toMatch(/\* a \(retried\) +\.?#+ +30s\n\* a +\.?#+ +30s\n/)
  const hidden = await later(() => {
    // The order of stages does not need it here: this pipeline has one.
    gitlab().failNext({
      kind: 'answer',
      path: 'include_retried=true',
      status: 403,
      body: '{"message":"403 Forbidden"}',
      contentType: 'application/json',
    })
  })
  expect(hidden).toMatchObject({ code: 0 })
  expect(hidden.stdout).toMatch(/Jobs that were retried are not shown: of pipeline 4711: 403 Forbidden\n/)
})
