import { codeOf, DeadlineError, Interrupted } from '../errors.ts'
import { classify } from './classify.ts'
import { ProxyError } from './proxy-error.ts'
import type { Answer, Outcome } from './send.ts'

/** How often, and what, may be sent again. */
export interface RetryPolicy {
  /** At most so many times after the first. */
  retries: number
  /** Also what may have been processed: this can start two builds. */
  ambiguous: boolean
}

const firstPauseMs = 1000
const longestPauseMs = 30_000
/** GitLab counts the pipelines of a minute, and says nothing of when the minute is over (facts 2.6). */
const firstRateLimitPauseMs = 15_000

/** Faults of a connection that stay: another try would find the same certificate or the same proxy. */
const lasting =
  /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|UND_ERR_PRX_TLS|ERR_SSL_WRONG_VERSION|EPROTO$|ERR_INVALID)/

function isLasting(error: unknown): boolean {
  if (error instanceof ProxyError) return error.status !== null && error.status < 500
  return error instanceof Interrupted || error instanceof DeadlineError || lasting.test(codeOf(error))
}

/** A date in a header as ms since 1970. */
function dateIn(text: string | undefined): number | undefined {
  const ms = text === undefined || /^[\d.+-]+$/.test(text.trim()) ? NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/**
 * How long the server wants us to wait, in ms, by Retry-After (seconds or date, RFC 9110 10.2.3) or RateLimit-Reset; undefined where it does
 * not say, or nonsense. Dates are read against the server's own Date, since either clock may be wrong.
 */
export function wantedPause({ headers }: Pick<Answer, 'headers'>, now: number): number | undefined {
  const serverNow = dateIn(headers['date']) ?? now
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
export function pauseBefore(
  outcome: Outcome,
  attempt: number,
  policy: RetryPolicy,
  now: number,
  random: number,
): number | null {
  if (attempt > policy.retries || isLasting(outcome.error)) return null
  const verdict = classify(outcome)
  const isAllowed = verdict.maySendAgain || (policy.ambiguous && verdict.build === 'unknown')
  if (!isAllowed) return null
  if (outcome.kind === 'no answer' || verdict.exit !== 'rateLimited')
    return backOff(firstPauseMs, attempt, random)
  // Half of the pause at least: the limit will not be over at once.
  return wantedPause(outcome, now) ?? backOff(firstRateLimitPauseMs, attempt, 0.5 + random / 2)
}
