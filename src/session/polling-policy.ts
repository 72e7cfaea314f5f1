import type { Context } from '../core/context.ts'
import type { Clock, Fault, PollPolicy } from '../follow/retry-until-lost.ts'
import { AmbiguousBuildsError } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { serverRetryDelay } from '../http/retry/retry.ts'

/**
 * Whether a fault of a look passes (T85): gateway errors, rate limits and lost connections do, and a page that is not of GitLab's API; 401 and 403 do
 * not. A 404 of GitLab's may be a replica of its database that lags behind, and any other answer somebody else's.
 */
export function judgeLook(error: unknown, now: number): Fault | undefined {
  if (error instanceof AmbiguousBuildsError) return { kind: 'final' }
  if (!(error instanceof ApiError)) return undefined
  if (error.isPassing || error.isNoApi) return { kind: 'passing', pauseMs: serverRetryDelay(error, now) }
  return { kind: error.status === 401 || error.status === 403 ? 'final' : 'doubtful' }
}

/** The clock of looks, which stops when `signal` aborts. */
export function clockOf(context: Context, signal: AbortSignal = context.interrupted): Clock {
  return {
    now: () => context.now(),
    sleep: (ms, ended) => context.sleep(ms, ended ? AbortSignal.any([signal, ended]) : signal),
    alarm: (ms, expired) => context.alarm(ms, expired),
  }
}

/** Looks may go on failing for so long, in ms, until `signal` aborts. */
export function pollPolicy(
  context: Context,
  graceMs: number,
  signal: AbortSignal = context.interrupted,
): PollPolicy {
  return {
    clock: clockOf(context, signal),
    graceMs,
    judge: (error) => judgeLook(error, context.now()),
    troubled: () => Promise.resolve(),
    leastPauseMs: () => 0,
  }
}
