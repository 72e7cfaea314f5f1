import type { Context } from '../core/context.ts'
import type { Clock, Judgement, Patience } from '../follow/retry-until-lost.ts'
import { Doubt } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import { ReadError } from '../gitlab/api/reader.ts'
import { wantedPause } from '../http/retry/retry.ts'

/**
 * Whether a fault of a look passes (T85): gateway errors, rate limits and lost connections do, and a page that is not of GitLab's API; 401 and 403 do
 * not. A 404 of GitLab's may be a replica of its database that lags behind, and any other answer somebody else's.
 */
export function judgeLook(error: unknown, now: number): Judgement | undefined {
  if (error instanceof Doubt) return { kind: 'final' }
  if (!(error instanceof ReadError)) return undefined
  if (error.isPassing || error.isNoApi) return { kind: 'passing', pauseMs: wantedPause(error, now) }
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
export function patienceOf(
  context: Context,
  graceMs: number,
  signal: AbortSignal = context.interrupted,
): Patience {
  return {
    clock: clockOf(context, signal),
    graceMs,
    judge: (error) => judgeLook(error, context.now()),
    troubled: () => Promise.resolve(),
    leastPauseMs: () => 0,
  }
}
