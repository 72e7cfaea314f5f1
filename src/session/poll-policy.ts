import type { Context } from '../core/context.ts'
import { ApiError, readError } from '../gitlab/api/reader.ts'
import { jsonOf } from '../gitlab/api/answer.ts'
import { serverRetryDelay } from '../http/retry/delays.ts'
import { UnusableAnswer, type Clock, type Fault, type PollPolicy } from '../http/retry/grace.ts'
import { isTransient } from '../http/retry/transient.ts'
import type { Outcome } from '../http/message.ts'

/**
 * What a failed poll means (docs/guarantees.md#T85): transient failures are repeated, and so is a page that is not of GitLab's API, as a proxy shows it while a server
 * is updated. 401 and 403 are final. A 404 of GitLab's may come from a replica of its database that lags behind, any other answer from somebody else.
 */
export function judgePoll(outcome: Outcome, now: number): Fault | undefined {
  const pauseMs = outcome.kind === 'answer' ? serverRetryDelay(outcome, now) : undefined
  if (outcome.kind === 'answer' && outcome.isComplete) {
    if (outcome.status === 200 && jsonOf(outcome) !== undefined) return undefined
    if (outcome.status === 401 || outcome.status === 403) return undefined
  } else if (!isTransient(outcome)) return undefined
  const { message, isNoApi } = readError(outcome)
  const isForeign = isNoApi || (outcome.kind === 'answer' && outcome.status === 200)
  return { kind: isForeign || isTransient(outcome) ? 'transient' : 'doubtful', pauseMs, message }
}

/** The clock of polls, which stops when `signal` aborts. */
export function clockOf(context: Context, signal: AbortSignal = context.interrupted): Clock {
  return {
    now: () => context.now(),
    sleep: (ms, ended) => context.sleep(ms, ended ? AbortSignal.any([signal, ended]) : signal),
    alarm: (ms, expired) => context.alarm(ms, expired),
  }
}

/** Polls that may go on failing for so long, in ms, until `signal` aborts. */
export function pollPolicy(
  context: Context,
  graceMs: number,
  signal: AbortSignal = context.interrupted,
): PollPolicy {
  return {
    clock: clockOf(context, signal),
    graceMs,
    judge: (outcome) => judgePoll(outcome, context.now()),
    judgeBody: (error) =>
      error instanceof UnusableAnswer || (error instanceof ApiError && !error.isRefusal)
        ? { kind: 'transient', message: error.message }
        : undefined,
    isRefusal: (error) => error instanceof ApiError && error.isRefusal,
    onFault: () => Promise.resolve(),
    leastPauseMs: () => 0,
  }
}
