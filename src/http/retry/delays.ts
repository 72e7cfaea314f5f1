import type { Answer, Outcome } from '../message.ts'
import { classify } from './classify.ts'
import { isPermanent, isTransient } from './transient.ts'

/** How often, and what, may be sent again. */
export interface RetryPolicy {
  /** At most this many times after the first. */
  retries: number
  /** Also what may have been processed: this can start two builds. */
  ambiguous: boolean
}

/** The clock and chance, handed in. */
export interface Timing {
  /** ms since 1970. */
  now(): number
  /** Rejects when the run is stopped. */
  sleep(ms: number): Promise<void>
  random(): number
  /** When the command must be over, in ms since 1970; Infinity once its time limit does not count any more. */
  readonly deadline: number
}

const firstPauseMs = 1000
const longestPauseMs = 30_000
/** GitLab counts the pipelines of a minute, and says nothing of when the minute has ended (docs/gitlab.md#2.6). */
const firstRateLimitPauseMs = 15_000

/** A date in a header as ms since 1970. */
function dateIn(text: string | undefined): number | undefined {
  const ms = text === undefined || /^[\d.+-]+$/.test(text.trim()) ? NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** The time by the server's clock when it answered, in ms since 1970; undefined where it does not say. */
export function serverTime({ headers }: Pick<Answer, 'headers'>): number | undefined {
  return dateIn(headers['date'])
}

/**
 * How long the server wants us to wait, in ms, by Retry-After (seconds or date, RFC 9110 10.2.3) or RateLimit-Reset; undefined where it does
 * not say, or nonsense. Dates are read against the server's own Date, since either clock may be wrong.
 */
export function serverRetryDelay({ headers }: Pick<Answer, 'headers'>, now: number): number | undefined {
  const serverNow = serverTime({ headers }) ?? now
  const after = headers['retry-after']?.trim()
  if (after !== undefined && /^\d{1,9}$/.test(after)) return Number(after) * 1000
  const date = dateIn(after)
  if (date !== undefined) return Math.max(0, date - serverNow)
  const reset = headers['ratelimit-reset']?.trim()
  if (reset !== undefined && /^\d{9,11}$/.test(reset)) return Math.max(0, Number(reset) * 1000 - serverNow)
  return undefined
}

/** Exponential back-off with full jitter, in ms: a crowd that failed together does not come back together. */
function backOff(firstMs: number, attempt: number, random: number): number {
  return Math.round(random * Math.min(longestPauseMs * 2, firstMs * 2 ** (attempt - 1)))
}

/**
 * How long to wait before the same request is sent again, in ms; null where it must not be: another POST could make another build, or it
 * would find the same. `attempt` counts from 1, `random` is from 0 to 1.
 */
export function postRetryDelay(
  outcome: Outcome,
  attempt: number,
  policy: RetryPolicy,
  now: number,
  random: number,
): number | null {
  if (attempt > policy.retries || isPermanent(outcome.error)) return null
  const verdict = classify(outcome)
  const isAllowed = verdict.maySendAgain || (policy.ambiguous && verdict.build === 'unknown')
  if (!isAllowed) return null
  if (outcome.kind === 'no answer' || verdict.exit !== 'rateLimited')
    return backOff(firstPauseMs, attempt, random)
  // Half of the pause at least: the limit will not be over at once.
  return serverRetryDelay(outcome, now) ?? backOff(firstRateLimitPauseMs, attempt, 0.5 + random / 2)
}

/**
 * How long to wait before the same read is sent again, in ms; null where it would find the same. A read may be repeated as long as there is time;
 * only where nothing listens `retries` times, since the address may be wrong. `attempt` and `random` as for `pauseBefore`.
 */
export function readRetryDelay(
  outcome: Outcome,
  attempt: number,
  retries: number,
  now: number,
  random: number,
): number | null {
  if (!isTransient(outcome)) return null
  if (outcome.kind === 'no answer') {
    return outcome.isSent || attempt <= retries ? backOff(firstPauseMs, attempt, random) : null
  }
  const wanted = serverRetryDelay(outcome, now)
  // A server that wants no pause at all is not to be asked as fast as it can answer.
  if (wanted !== undefined) return Math.max(wanted, backOff(firstPauseMs, attempt, random))
  return outcome.status === 429
    ? backOff(firstRateLimitPauseMs, attempt, 0.5 + random / 2)
    : backOff(firstPauseMs, attempt, random)
}
