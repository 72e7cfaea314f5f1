import { join } from 'node:path'
import type { JobPlan, Script } from '../../src/sandbox/server.ts'
import { when } from '../helpers/clock.ts'
import { useFollower } from '../helpers/follower.ts'
import { posts } from '../helpers/gitlab.ts'
import { gatewayAnswer, triggeredPipeline } from '../helpers/lost-responses.ts'
import { useFolder } from '../helpers/world.ts'
import { burst, children, minute, mostInAMinute, perMinute, timed } from '../helpers/request-rate.ts'

const follower = useFollower()
const { gitlab } = follower

const failed = (count: number): Script => ({
  by: 'clock',
  jobs: Array.from({ length: count }, (_, at): JobPlan => ({
    name: `unit_${at}`,
    stage: 'test',
    ends: 'failed',
  })),
})

/** Adds pipelines with this script that began minutes ago, and returns their ids. */
const add = (count: number, script: Script, minutes = 30): string => {
  gitlab().script('master', script)
  const createdAt = Date.UTC(2026, 10, 22, 12, -minutes)
  return Array.from({ length: count }, () => gitlab().addPipeline({ createdAt }).id).join(' ')
}

const slow: Script = { by: 'clock', job: { run_tests: { runs: 9999 } } }

// One look at a pipeline is never cut in two: three requests.
// prettier-ignore
const rows: [line: string, make: () => string, look: number, env?: Record<string, string>][] = [
  ['logs --failed', () => add(1, failed(150)), 3],
  ['logs -f', () => add(1, failed(150)), 3],
  ['logs -f, GitLab CI', () => add(1, failed(150)), 3, { GITLAB_CI: 'true' }],
  ['wait --logs all, GitLab CI', () => add(1, failed(150)), 3, { GITLAB_CI: 'true' }],
  ['logs --job run_tests of many', () => add(60, {}), 3],
  ['status of many', () => add(60, slow), 4],
  ['status --timeline of many', () => add(40, slow), 5],
  ['wait of many, and of one that is not there', () => `${add(150, {})} 9999`, 1],
  ['retry of many', () => add(50, failed(1)), 3],
  ['cancel of many', () => add(24, slow), 3],
  ['cancel', () => add(1, children(60), 1), 3 * 61],
]
test.each(rows)('%s', async (name, make, look, env = {}) => {
  const { follow, times } = timed(follower)
  const ids = make()
  const words = name.replace(/,.*| of many.*/, '')
  await follow(`${words} ${ids} --timeout 30m`, undefined, { env })
  expect(times().length).toBeGreaterThan(90)
  expect(mostInAMinute(times())).toBeLessThanOrEqual(perMinute + burst + look)
  const last = times().at(-1) ?? 0
  expect(times().length).toBeLessThanOrEqual((last / minute) * perMinute + burst + look)
})

test('logs --failed prints all, however many there are', async () => {
  add(1, failed(60))
  const { code, stdout, tookMs } = await follower.follow('logs 4711 --failed --lines 1')
  expect({ code, jobs: stdout.match(/^unit_\d+ failed/gm)?.length }).toEqual({ code: 0, jobs: 60 })
  // Two requests a second, without the credit.
  expect(tookMs).toBeLessThan(30_000)
})

/** Jobs with an archive each. */
const archives = (count: number): Script => ({
  by: 'clock',
  jobs: Array.from({ length: count }, (_, at): JobPlan => ({
    name: `pack_${at}`,
    stage: 'pack',
    artifacts: 'package',
  })),
})
/** Downstream pipelines that have finished, each with a test report of its own. */
const over = (count: number): Script => ({
  by: 'clock',
  jobs: Array.from({ length: count }, (_, at): JobPlan => ({
    name: `b${at}`,
    stage: 's',
    downstream: { depend: true, jobs: [{ name: 'x', stage: 'x' }] },
  })),
})
/** Manual jobs. */
const byHand = (count: number): Script => ({
  by: 'clock',
  jobs: Array.from({ length: count }, (): JobPlan => ({
    name: 'deploy',
    stage: 'deploy',
    when: 'manual',
    allowFailure: true,
  })),
})

describe('what belongs to a pipeline keeps to the rate too', () => {
  const folder = useFolder()
  const path = (): string => join(folder().path, 'out')

  // One look at a pipeline with 60 children is 1 + 2 + 60 * 3 requests.
  // prettier-ignore
  test.each<[what: string, script: Script, line: () => string, kind: RegExp, count: number, look: number]>([
    ['artifacts', archives(150), () => `artifacts 4711 --to ${path()}`, /artifacts/, 150, 3],
    ['wait --artifacts', archives(150), () => `wait 4711 --report-timeout 1h --artifacts ${path()}`, /artifacts/, 150, 3],
    ['wait --junit', over(60), () => `wait 4711 --report-timeout 1h --junit ${path()}`, /test_report/, 61, 183],
    ['wait --play', byHand(150), () => 'wait 4711 --play deploy', /play$/, 150, 3],
  ])('%s', async (_, script, line, kind, count, look) => {
    const { follow, times } = timed(follower)
    add(1, script)
    const { code } = await follow(line())
    expect(code).toBe(0)
    const sent = gitlab().requests.filter(({ path: each }) => kind.test(each))
    expect(sent).toHaveLength(count)
    expect(mostInAMinute(times())).toBeLessThanOrEqual(perMinute + burst + look)
  })
})

test('tokens that are revoked', async () => {
  const { follow, times } = timed(follower)
  const ids = Array.from({ length: 150 }, () => gitlab().addToken().id)
  const { code, stdout } = await follow(`tokens revoke ${ids.join(' ')} --yes --timeout 10m`)
  expect({ code, revoked: stdout.match(/revoked/g)?.length }).toEqual({ code: 0, revoked: 150 })
  expect(mostInAMinute(times())).toBeLessThanOrEqual(perMinute + burst)
})

/** Checks that requests at these times keep to the rate, without the credit. */
function expectPaced(times: readonly number[]): void {
  expect(times.length).toBeGreaterThan(90)
  expect(times.length).toBeLessThanOrEqual(((times.at(-1) ?? 0) / minute) * perMinute + burst)
  expect(mostInAMinute(times)).toBeLessThanOrEqual(perMinute + burst)
}

test('a schedule with many variables', async () => {
  const { follow, times } = timed(follower)
  const variables = Array.from({ length: 150 }, (_, at) => ['--var', `V${at}=${at}`])
  const line = 'schedule gitlab create --ref master --timeout 10m --at'.split(' ')
  const { code } = await follow([...line, '5 0 * * *', ...variables.flat()])
  expect(code).toBe(0)
  expect(gitlab().requests.filter(({ path }) => path.endsWith('/variables'))).toHaveLength(150)
  expectPaced(times())
})

test('the pipeline of a trigger whose answer was lost, among many that others have made since', async () => {
  const { follow, times } = timed(follower)
  gitlab().failNext({ method: 'POST', ...gatewayAnswer(502) })
  const stop = when(
    () => posts(gitlab()).length > 0,
    () => {
      for (let each = 0; each < 95; each += 1) gitlab().addPipeline(triggeredPipeline)
    },
  )
  const { code, stdout, stderr } = await follow('--ref master')
  stop()
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
  expectPaced(times())
})

describe('canceling is not held up by what was read', () => {
  const cancels = (): number => gitlab().requests.filter(({ path }) => path.endsWith('/cancel')).length

  test('of a tree, by cancel', async () => {
    const { follow, times } = timed(follower)
    add(1, children(9), 1)
    expect((await follow('cancel 4711')).code).toBe(0)
    expect(cancels()).toBe(10)
    const posts = gitlab().requests.map(({ path }, at) => (path.endsWith('/cancel') ? times()[at] : 0))
    expect(Math.max(...posts.map((time) => time ?? 0))).toBe(0)
  })

  test('of a tree, at the limit of a run: each is asked, and seen to have stopped', async () => {
    const line = '--ref master --wait --run-timeout 20s --cancel-on-timeout'
    const { code, stderr, tookMs } = await follower.follow(line, children(40))
    expect(code).toBe(8)
    expect(stderr).toMatch(/has run for 20 s and is still running\. Pipeline 4711 was canceled\n/)
    expect(cancels()).toBe(41)
    expect(tookMs).toBeLessThan(20_000 + 30_000 + 20_000)
  })
})
