import fc from 'fast-check'
import type { Fault } from '../../src/sandbox/server.ts'
import { DeadlineError, Interrupted } from '../../src/core/errors.ts'
import { ProxyError } from '../../src/http/proxy/proxy-error.ts'
import { postRetryDelay, serverRetryDelay } from '../../src/http/retry/delays.ts'
import type { Outcome } from '../../src/http/message.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { start } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

/** A date as HTTP has it, in seconds after the start of the test's clock. */
const http = (seconds: number): string => new Date(start + seconds * 1000).toUTCString()
const iso = (seconds: number): string => new Date(start + seconds * 1000).toISOString().replace(/\.\d+/, '')
const limited = (headers: Record<string, string>): Fault => ({
  kind: 'answer',
  method: 'POST',
  status: 429,
  headers,
})

describe('how long a 429 is waited for (T65, T66)', () => {
  const gitlab = useGitlab()
  const day = 86_400

  // What GitLab says nothing of is between 7.5 and 15 seconds, as the limit is of a minute.
  // prettier-ignore
  const rows: [name: string, headers: Record<string, string>, sleep: number | undefined][] = [
    ['seconds', { 'retry-after': '2' }, 2000],
    ['0 seconds', { 'retry-after': '0' }, 0],
    ['seconds with blanks', { 'retry-after': '  7 ' }, 7000],
    ['a date', { 'retry-after': http(5), date: http(0) }, 5000],
    ['a date, our clock a day behind', { 'retry-after': http(day + 5), date: http(day) }, 5000],
    ['a date, our clock a day ahead', { 'retry-after': http(5 - day), date: http(-day) }, 5000],
    ['a date in the form of RFC 850', { 'retry-after': 'Sunday, 22-Nov-26 12:00:09 GMT', date: http(0) }, 9000],
    ['the same moment', { 'retry-after': http(0), date: http(0) }, 0],
    ['a past date', { 'retry-after': http(-60), date: http(0) }, 0],
    ['RateLimit-Reset', { 'ratelimit-reset': String(start / 1000 + 12), date: http(0) }, 12_000],
    ['RateLimit-Reset, our clock a day behind', { 'ratelimit-reset': String(start / 1000 + day + 12), date: http(day) }, 12_000],
    ['a RateLimit-Reset that is past', { 'ratelimit-reset': String(start / 1000 - 9), date: http(0) }, 0],
    ['both: Retry-After counts', { 'retry-after': '4', 'ratelimit-reset': String(start / 1000 + 12), date: http(0) }, 4000],
    ['garbage, and RateLimit-Reset', { 'retry-after': 'soon', 'ratelimit-reset': String(start / 1000 + 12), date: http(0) }, 12_000],
    ['garbage', { 'retry-after': 'soon' }, undefined],
    ['nothing', {}, undefined],
    ['an empty one', { 'retry-after': '' }, undefined],
    ['negative', { 'retry-after': '-5' }, undefined],
    ['a fraction', { 'retry-after': '1.5' }, undefined],
    ['a number with a unit', { 'retry-after': '5s' }, undefined],
    ['hexadecimal', { 'retry-after': '0x10' }, undefined],
    ['exponents', { 'retry-after': '1e1' }, undefined],
    ['RateLimit-Reset garbage', { 'ratelimit-reset': 'soon' }, undefined],
    ['RateLimit-Reset negative', { 'ratelimit-reset': '-1' }, undefined],
  ]
  test.each(rows)('%s', async (_, headers, sleep) => {
    gitlab().failNext(limited(headers))
    const { code, stdout, world } = await run('--ref master', environment(gitlab()))
    expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({ code: 0, stdout: '4711\n', posts: 2 })
    if (sleep !== undefined) expect(world.sleeps).toEqual([sleep])
    else {
      expect(world.sleeps).toHaveLength(1)
      expect(world.sleeps[0]).toBeGreaterThanOrEqual(1000)
      expect(world.sleeps[0]).toBeLessThanOrEqual(15_000)
    }
  })

  // prettier-ignore
  const beyond: [name: string, headers: Record<string, string>, flags: string, when: string][] = [
    ['an hour (T67)', { 'retry-after': '3600' }, '', iso(3600)],
    ['as long as all the time there is', { 'retry-after': '90' }, '', iso(90)],
    ['a date in an hour', { 'retry-after': http(3600), date: http(0) }, '', iso(3600)],
    ['a date in an hour by another clock, in our time', { 'retry-after': http(7200), date: http(3600) }, '', iso(3600)],
    ['RateLimit-Reset', { 'ratelimit-reset': String(start / 1000 + 600), date: http(0) }, '', iso(600)],
    ['more than --timeout', { 'retry-after': '11' }, '--timeout 10s', iso(11)],
    ['a number without an end', { 'retry-after': '999999999' }, '', iso(999_999_999)],
  ]
  test.each(beyond)('%s is beyond the budget: exit 12 at once', async (_, headers, flags, when) => {
    gitlab().failNext(limited(headers))
    const { code, stdout, stderr, world } = await run(`--ref master ${flags}`, environment(gitlab()))
    expect({ code, stdout, sleeps: world.sleeps }).toEqual({ code: 12, stdout: '', sleeps: [] })
    expect(posts(gitlab())).toHaveLength(1)
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toContain(when)
  })

  test.each([
    ['Retry-After: 9999999999999999', { 'retry-after': '9999999999999999' }],
    ['a date in the year 275760', { 'retry-after': 'Sat, 13 Sep 275760 00:00:00 GMT' }],
    ['RateLimit-Reset in the year 5138', { 'ratelimit-reset': '99999999999' }],
  ])('%s does no harm', async (_, headers) => {
    for (let count = 0; count < 9; count++) gitlab().failNext(limited(headers))
    const { code, stderr } = await run('--ref master', environment(gitlab()))
    expect(code).toBe(12)
    expect(stderr).not.toMatch(/NaN|Invalid|undefined|bug of/)
    expect(statesIn(stderr)).toEqual([none])
  })

  test('a pause that fits ends before the limit; two that do not together are not begun', async () => {
    gitlab().failNext(limited({ 'retry-after': '50' }))
    gitlab().failNext(limited({ 'retry-after': '50' }))
    const { code, stderr, world } = await run('--ref master', environment(gitlab()))
    expect({ code, sleeps: world.sleeps }).toEqual({ code: 12, sleeps: [50_000] })
    expect(stderr).toContain(iso(100))
  })

  test('the time that may be waited is not shorter where an API token is set', async () => {
    gitlab().failNext(limited({ 'retry-after': '80' }))
    const env = environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
    const { code, stdout, stderr } = await run('--ref master', env)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test('the 400 obeys Retry-After too (T68)', async () => {
    const body = '{"message":{"base":["Too many pipelines created in the last minute. Try again later."]}}'
    gitlab().failNext({ ...limited({ 'retry-after': '6' }), status: 400, body } as Fault)
    const { code, world } = await run('--ref master', environment(gitlab()))
    expect({ code, sleeps: world.sleeps }).toEqual({ code: 0, sleeps: [6000] })
  })
})

describe('pauseBefore, pure', () => {
  const policy = { retries: 3, ambiguous: false }
  const answered = (status: number, headers: Record<string, string> = {}, body = ''): Outcome => ({
    kind: 'answer',
    status,
    headers,
    body,
    isComplete: true,
  })
  const silent = (error: unknown, isSent: boolean): Outcome => ({ kind: 'no answer', error, isSent })
  const coded = (code: string): Error => Object.assign(new Error(code), { code })
  const refused = silent(coded('ECONNREFUSED'), false)
  const reset = silent(coded('ECONNRESET'), true)
  const ambiguous = { ...policy, ambiguous: true }

  // prettier-ignore
  const rows: [name: string, outcome: Outcome, attempt: number, policy: typeof ambiguous, random: number, ms: number | null][] = [
    ['unsent', refused, 1, policy, 1, 1000],
    ['unsent, no jitter', refused, 1, policy, 0, 0],
    ['unsent, second', refused, 2, policy, 1, 2000],
    ['unsent, third', refused, 3, policy, 1, 4000],
    ['unsent, fourth', refused, 4, policy, 1, null],
    ['unsent, no retries', refused, 1, { ...policy, retries: 0 }, 1, null],
    ['unsent, 50th', refused, 50, { ...policy, retries: 100 }, 1, 60_000],
    ['TLS reset', silent(coded('ECONNRESET'), false), 1, policy, 1, 1000],
    ['lookup failed', silent(coded('EAI_AGAIN'), false), 1, policy, 1, 1000],
    ['proxy 502', silent(new ProxyError(502), false), 1, policy, 1, 1000],
    ['proxy 407', silent(new ProxyError(407), false), 1, policy, 1, null],
    ['proxy 403', silent(new ProxyError(403), false), 1, policy, 1, null],
    ['wrong name', silent(coded('ERR_TLS_CERT_ALTNAME_INVALID'), false), 1, policy, 1, null],
    ['expired', silent(coded('CERT_HAS_EXPIRED'), false), 1, policy, 1, null],
    ['unknown authority', silent(coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), false), 1, policy, 1, null],
    ['self signed', silent(coded('DEPTH_ZERO_SELF_SIGNED_CERT'), false), 1, policy, 1, null],
    ['self signed in chain', silent(coded('SELF_SIGNED_CERT_IN_CHAIN'), false), 1, policy, 1, null],
    ['no TLS there', silent(coded('ERR_SSL_WRONG_VERSION_NUMBER'), false), 1, policy, 1, null],
    ['the deadline', silent(new DeadlineError('x'), false), 1, policy, 1, null],
    ['a signal', silent(new Interrupted('SIGINT'), false), 1, policy, 1, null],
    ['a certificate, though ambiguous', silent(coded('CERT_HAS_EXPIRED'), false), 1, ambiguous, 1, null],
    ['sent', reset, 1, policy, 1, null],
    ['sent, ambiguous', reset, 1, ambiguous, 1, 1000],
    ['502', answered(502), 1, policy, 1, null],
    ['502, ambiguous', answered(502), 1, ambiguous, 1, 1000],
    ['201', answered(201), 1, ambiguous, 1, null],
    ['422, ambiguous', answered(422), 1, ambiguous, 1, null],
    ['404, ambiguous', answered(404), 1, ambiguous, 1, null],
    ['429', answered(429, { 'retry-after': '3' }), 1, policy, 1, 3000],
    ['429, whatever chance says', answered(429, { 'retry-after': '3' }), 1, policy, 0, 3000],
    ['429, fourth', answered(429, { 'retry-after': '3' }), 4, policy, 1, null],
  ]
  test.each(rows)('%s', (_, outcome, attempt, rule, random, ms) => {
    expect(postRetryDelay(outcome, attempt, rule, start, random)).toBe(ms)
  })

  test('is never negative, endless or no number, whatever the headers hold', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map(String),
    )
    const headers = fc.dictionary(fc.constantFrom('retry-after', 'date', 'ratelimit-reset'), value)
    holds(
      fc.property(
        headers,
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (each, attempt, random) => {
          const wanted = serverRetryDelay({ headers: each }, start)
          if (wanted !== undefined) expect(wanted).toBeGreaterThanOrEqual(0)
          const pause = postRetryDelay(
            answered(429, each),
            attempt,
            { ...policy, retries: 100 },
            start,
            random,
          )
          expect(Number.isFinite(pause)).toBe(true)
          expect(pause).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})
