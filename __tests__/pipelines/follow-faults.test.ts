import type { Fault } from '../../src/sandbox/server.ts'
import { useFollower, failTimes, type Followed } from '../helpers/follower.ts'
import { posts } from '../helpers/gitlab.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { words } from '../helpers/run.ts'
import { made, statesIn } from '../helpers/pipeline-sentences.ts'
import { start } from '../helpers/world.ts'

const follower = useFollower()
const json = { contentType: 'application/json' }
const page = (status: number): Fault => ({
  kind: 'answer',
  status,
  body: '<html><title>GitLab is being upgraded</title></html>',
  contentType: 'text/html',
})
const answers = (status: number, body = '', headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status,
  body,
  headers,
  ...json,
})
const one = { method: 'GET', path: /\/pipelines\/\d+$/ }
const jobs = { method: 'GET', path: /\/pipelines\/\d+\/jobs/ }
const bridges = { method: 'GET', path: /\/pipelines\/\d+\/bridges/ }

// prettier-ignore
const passing: [name: string, fault: Fault][] = [
  ...[408, 500, 502, 503, 504, 520].map((status): [string, Fault] => [String(status), page(status)]),
  ['429', answers(429, 'Retry later\n')],
  ['429 with seconds', answers(429, '', { 'retry-after': '7' })],
  ['429 with a date', answers(429, '', { 'retry-after': new Date(start + 20_000).toUTCString() })],
  ['429 with RateLimit-Reset', answers(429, '', { 'ratelimit-reset': String(start / 1000 + 30) })],
  ['503 with seconds', answers(503, '', { 'retry-after': '30' })],
  ['a page with 200', page(200)],
  ['a page with 404, of a proxy', page(404)],
  ['no JSON', answers(200, '{"id":')],
  ['JSON of something else', answers(200, '{"hello":1}')],
  ['no status', answers(200, '{"id":4711}')],
  ['null', answers(200, 'null')],
  ['a 404 of GitLab', answers(404, '{"message":"404 Not found"}')],
  ['a redirect', answers(302, '', { location: 'https://sorry.example.com/' })],
  ['a 400', answers(400, '{"message":"bad request"}')],
  ['a 304 that nobody asked for', answers(304)],
  ['a reset', { kind: 'reset' }],
  ['no answer', { kind: 'reset after' }],
  ['half an answer', { kind: 'cut' }],
  ['silence', { kind: 'stall' }],
]

describe.each([
  ['the pipeline', one],
  ['its jobs', jobs],
  ['its bridges', bridges],
])('one bad poll never ends the wait (T85): %s', (_, which) => {
  test.each(passing)('%s', async (__, fault) => {
    const { gitlab, follow } = follower
    gitlab().failNext({ ...fault, ...which })
    const { code, stdout, stderr, tookMs } = await follow('--ref master --wait', {})
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    // One silence is as long as the limit of a request; a wish of the server's is heeded.
    expect(tookMs).toBeLessThan(fault.kind === 'stall' ? 90_000 : 45_000)
    expect(posts(gitlab())).toHaveLength(1)
  })
})

/** Types the command by which a message says to continue, as a shell would read it. */
async function reattach({ stderr }: Followed): Promise<Followed> {
  const [, line = ''] = /^To resume waiting: gitlab-trigger (.+)$/m.exec(stderr) ?? []
  return follower.follow(words(line))
}

describe('contact is lost: exit 8, and the line that goes on works (T85)', () => {
  // prettier-ignore
  const rows: [name: string, fault: Fault, flags: string, says: RegExp, atLeastMs: number, atMostMs: number][] = [
    ['502 for ever', page(502), '', /lost connection to the server for 5\d\d s: 502 GitLab is being upgraded; it was created/, 540_000, 600_000],
    ['resets for ever', { kind: 'reset' }, '--poll-grace 1m', /lost connection to the server for \d+ s: the connection was reset/, 30_000, 60_000],
    ['silence for ever', { kind: 'stall' }, '--poll-grace 5m', /lost connection to the server for \d+ s: no answer within 70 s/, 200_000, 371_000],
    ['a limit beyond the grace', answers(429, '', { 'retry-after': '900' }), '', /the server asked to wait another 900 s: 429/, 540_000, 660_000],
    ['401', answers(401, '{"message":"401 Unauthorized"}'), '', /could not be read: 401 Unauthorized; it was created/, 10_000, 12_000],
    ['403', answers(403, '{"message":"403 Forbidden"}'), '', /could not be read: 403 Forbidden/, 10_000, 12_000],
    ['404 for ever', answers(404, '{"message":"404 Not found"}'), '', /could not be read: 404 Not found/, 10_000, 12_000],
    ['a limit beyond the grace, which is short', answers(429, '', { 'retry-after': '900' }), '--poll-grace 30s', /the server asked to wait another 900 s: 429/, 30_000, 32_000],
    ['a page of a firewall for ever', page(403), '--poll-grace 1m', /lost connection to the server for \d+ s: 403 GitLab is being upgraded/, 30_000, 61_000],
    ['redirects for ever', answers(302, '', { location: 'https://sorry.example.com/' }), '', /lost connection to the server for 5\d\d s: 302/, 540_000, 600_000],
  ]
  test.each(rows)('%s', async (_, fault, flags, says, atLeastMs, atMostMs) => {
    const { gitlab, follow } = follower
    // The first look works.
    const lost = await follow(
      `--ref master --wait ${flags}`,
      {},
      {
        prepare: (world) => {
          beforeSleep(world, 1, () => {
            failTimes(gitlab(), 300, { ...fault, ...one })
          })
        },
      },
    )
    expect({ code: lost.code, stdout: lost.stdout }).toEqual({ code: 8, stdout: '4711\n' })
    expect(statesIn(lost.stderr)).toEqual([made(4711)])
    expect(lost.stderr).toMatch(says)
    expect(lost.tookMs).toBeGreaterThanOrEqual(atLeastMs)
    expect(lost.tookMs).toBeLessThanOrEqual(atMostMs)
    expect(posts(gitlab())).toHaveLength(1)
  })
})

test('the line that goes on, typed as it stands, sees the end', async () => {
  const { follow } = follower
  const lost = await follow('--ref master --wait --run-timeout 20s', { job: { run_tests: { runs: 60 } } })
  expect(lost.code).toBe(8)
  expect(await reattach(lost)).toMatchObject({ code: 0, stdout: '4711 success\n', stderr: '' })
})
