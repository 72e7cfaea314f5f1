import type { Context } from '../core/context.ts'
import { ApiError, readError } from '../gitlab/api/reader.ts'
import { jsonOf, objectMembers } from '../gitlab/api/answer.ts'
import { serverRetryDelay } from '../http/retry/delays.ts'
import { UnusableAnswer, type Clock, type Fault, type PollPolicy } from '../http/retry/grace.ts'
import { isTransient } from '../http/retry/transient.ts'
import type { Answer, Outcome } from '../http/message.ts'

/** Whether an answer is an error in the form that GitLab's API gives, so that it may be its own word (docs/gitlab.md#2.3). */
function isOwnError(answer: Answer): boolean {
  const { message, error } = objectMembers(jsonOf(answer))
  return message !== undefined || error !== undefined
}

/**
 * What a failed poll means (docs/guarantees.md#T85): transient failures are repeated, and so is whatever is not GitLab's own: a page of a proxy or a
 * firewall, a sign-in, as they come while a server is updated. What GitLab itself refuses may have other reasons than the last one: a replica of
 * its database lags behind, a token is being replaced.
 */
export function judgePoll(outcome: Outcome, now: number): Fault | undefined {
  const isWhole = outcome.kind === 'answer' && outcome.isComplete
  if (isWhole && outcome.status === 200 && jsonOf(outcome) !== undefined) return undefined
  const { message, isNoApi } = readError(outcome)
  if (!isWhole) return isTransient(outcome) ? { kind: 'transient', message } : undefined
  const isOwn = outcome.status !== 200 && !isNoApi && isOwnError(outcome)
  const kind = isOwn && !isTransient(outcome) ? 'doubtful' : 'transient'
  return { kind, pauseMs: serverRetryDelay(outcome, now), message }
}

/** The clock of polls, which stops when `signal` aborts. */
export function clockOf(context: Context, signal: AbortSignal = context.interrupted): Clock {
  return {
    now: () => context.now(),
    suspensions: () => context.suspensions(),
    sleep: (ms, ended) => context.sleep(ms, ended ? AbortSignal.any([signal, ended]) : signal),
    alarm: (ms, expired) => context.alarm(ms, expired),
  }
}

/** Polls that may fail for this long, in ms, until `signal` aborts. */
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
