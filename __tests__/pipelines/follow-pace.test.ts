import fc from 'fast-check'
import { pollInterval } from '../../src/follow/poll-interval.ts'
import { requestCostMs } from '../../src/http/request-rate.ts'
import type { Script } from '../../src/sandbox/server.ts'
import { requestPaths, useFollower } from '../helpers/follower.ts'
import { burst, children, minute, mostInAMinute, perMinute, timed } from '../helpers/request-rate.ts'
import { environment } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { start } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

const long: Script = { pipeline: ['running'], jobs: [{ name: 'a', stage: 'a', statuses: ['running'] }] }
describe('requests per minute are bounded', () => {
  const follower = useFollower()

  test('a 10-minute wait costs fewer than 200 requests', async () => {
    const { follow, times } = timed(follower)
    const { tookMs } = await follow('--ref master --wait --run-timeout 10m', long)
    expect(tookMs).toBe(10 * minute)
    expect(times().length).toBeGreaterThan(60)
    expect(times().length).toBeLessThan(200)
  })

  test.each([1, 20])('%i downstream pipelines', async (count) => {
    const { follow, times } = timed(follower)
    await follow('--ref master --wait --run-timeout 5m', children(count))
    // One look is never cut in two: three requests for each pipeline.
    expect(mostInAMinute(times())).toBeLessThanOrEqual(perMinute + burst + 3 * (count + 1))
    expect(times().length).toBeLessThanOrEqual(5 * perMinute + burst + 3 * (count + 1))
  })

  test('forty pipelines at once', async () => {
    const { follow, times } = timed(follower)
    follower.gitlab().script('master', { by: 'clock', job: { run_tests: { runs: 10_000 } } })
    const ids = Array.from({ length: 40 }, () => follower.gitlab().addPipeline().id)
    const { code } = await follow(`wait ${ids.join(' ')} --timeout 6m`)
    expect(code).toBe(8)
    const later = times().filter((time) => time > minute)
    expect(mostInAMinute(later)).toBeLessThanOrEqual(perMinute + burst)
    expect(times().length).toBeLessThanOrEqual(6 * perMinute + 40 * 4 + burst)
  })
})

describe('pace', () => {
  const follower = useFollower()

  test('fast at first and near a change, slow on long builds, fast again after a change', async () => {
    const { world } = await follower.follow('--ref master --wait', {
      by: 'clock',
      job: { run_tests: { runs: 3600 }, build_package: { runs: 60 } },
    })
    expect(world.sleeps.slice(0, 3)).toEqual([1000, 1000, 1000])
    const slowest = Math.max(...world.sleeps)
    expect(slowest).toBe(30_000)
    expect(world.sleeps.slice(world.sleeps.lastIndexOf(slowest) + 1)).toContain(1000)
    expect(world.sleeps.length).toBeLessThan(200)
  })

  test.each(['250ms', '1s', '20s'])('a fixed one: %s', async (interval) => {
    const { world, code } = await follower.follow(`--ref master --wait --poll-interval ${interval}`, {})
    const ms = interval === '250ms' ? 250 : Number.parseInt(interval) * 1000
    expect({ code, sleeps: new Set(world.sleeps) }).toEqual({ code: 0, sleeps: new Set([ms]) })
  })

  test('less than a second is for this machine alone, however the server is named', async () => {
    const env = { ...environment(follower.gitlab()).env, GITLAB_TRIGGER_SERVER: 'https://gitlab.example.com' }
    for (const line of [
      '--ref master --wait',
      'wait 4711',
      'wait https://gitlab.example.com/a/b/-/pipelines/4711',
    ]) {
      const { code, stderr } = await run(`${line} --poll-interval 100ms`, { env })
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--poll-interval') as string,
      })
    }
  })

  test('what has not changed is asked for with If-None-Match, downstream too', async () => {
    await follower.follow('--ref master --wait --run-timeout 1m', children(2))
    const gets = follower.gitlab().requests.filter(({ path }) => /pipelines\/\d+/.test(path))
    const seen = new Set<string>()
    for (const { path, headers } of gets) {
      expect('if-none-match' in headers).toBe(seen.has(path))
      seen.add(path)
    }
    expect(seen.size).toBe(9)
    expect(gets.filter(({ status }) => status === 304).length).toBeGreaterThan(gets.length / 2)
  })

  test('Retry-After is slept, 0 is no licence', async () => {
    const limited = (after: string): void => {
      follower
        .gitlab()
        .failNext({ kind: 'answer', status: 429, headers: { 'retry-after': after }, path: /4711$/ })
    }
    for (let each = 0; each < 5; each += 1) limited('0')
    limited('25')
    const { world, code } = await follower.follow('--ref master --wait', {})
    expect(code).toBe(0)
    expect(world.sleeps.slice(0, 6)).toEqual([1000, 1500, 2250, 3375, 5062.5, 25_000])
  })
})

describe("a server's own limit", () => {
  const tight = useFollower({ rateLimit: { perMinute: 30, refuses: true } })

  test('a window that is nearly used up is waited for, and nothing is refused', async () => {
    const { code } = await tight.follow('--ref master --wait', {
      by: 'clock',
      job: { run_tests: { runs: 200 } },
    })
    expect(code).toBe(0)
    expect(tight.gitlab().requests.filter(({ status }) => status === 429)).toEqual([])
    expect(requestPaths(tight.gitlab()).length).toBeGreaterThan(30)
  })

  test.each([
    ['the pipeline', /pipelines\/4711$/],
    ['a list beside it', /bridges/],
  ])('a wish for years is heeded for a minute: %s', async (_, path) => {
    tight.gitlab().failNext({
      ...{ kind: 'answer', status: 503, path },
      headers: { 'retry-after': '999999999' },
    })
    const { code, tookMs } = await tight.follow('--ref master --wait --poll-grace 30m', {})
    expect(code).toBe(0)
    expect(tookMs).toBeGreaterThan(minute)
    expect(tookMs).toBeLessThan(2 * minute)
  })
})

test('a pace never runs ahead of what it has paid for, nor faster than its jitter', () => {
  const looks = fc.array(fc.record({ requests: fc.nat({ max: 50 }), quiet: fc.nat({ max: 1_000_000 }) }), {
    maxLength: 60,
  })
  holds(
    fc.property(looks, fc.double({ min: 0, max: 1, noNaN: true }), (all, random) => {
      const pace = pollInterval(undefined, () => random)
      let now = start
      let sent = 0
      for (const { requests, quiet } of all) {
        for (let each = 0; each < requests; each += 1) pace.spend(now)
        sent += requests
        const pause = pace.pause(now, quiet)
        expect(pause).toBeGreaterThanOrEqual(900)
        now += pause
        expect(sent * requestCostMs).toBeLessThanOrEqual(now - start + 5000 + 1)
      }
    }),
  )
})
