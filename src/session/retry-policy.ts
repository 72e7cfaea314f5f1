import type { TimeLimits } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import type { TransportOptions } from '../http/connect.ts'
import { explainConnectionFailure } from '../http/explain-failure.ts'
import type { RequestLimits, SessionOptions } from '../http/http-session.ts'
import type { Listener, Outcome } from '../http/message.ts'
import type { RetryPolicy, Timing } from '../http/retry/delays.ts'
import type { PostOptions } from '../http/retry/post.ts'

/** Reports every request, for --verbose. */
export function listenerFor(report: Reporter): Listener {
  return (request, outcome) => {
    const result = outcome.kind === 'answer' ? String(outcome.status) : 'no answer'
    void report({ type: 'asked', method: request.method, url: request.url, result })
  }
}

function timingOf(context: Context, budget: TimeLimits): Timing {
  return {
    now: () => context.now(),
    sleep: (ms) => context.sleep(ms, budget.signal),
    random: () => context.random(),
    get deadline() {
      return budget.deadline
    },
  }
}

/** The limits of requests that end with a budget. */
export function requestLimits(context: Context, budget: TimeLimits): RequestLimits {
  return { signal: budget.signal, timing: timingOf(context, budget) }
}

/** Why the request is sent again, in words. */
function whyLater({ status }: { status: number }): string {
  if (status === 429) return 'the server limits the rate of requests (answer 429)'
  // No other refusal is repeated (docs/gitlab.md#2.3).
  if (status === 400) return 'GitLab limits the pipelines of one minute (answer 400)'
  return `answer ${status}`
}

async function reportPause(ms: number, outcome: Outcome, report: Reporter): Promise<void> {
  const isAnswer = outcome.kind === 'answer' && outcome.isComplete
  const why = isAnswer ? whyLater(outcome) : explainConnectionFailure(outcome.error).what
  await report({ type: 'noted', text: `Trying again in ${Math.ceil(ms / 100) / 10} s: ${why}.` })
}

/** How POSTs go out while the budget of a run lasts. */
export function postOptions(
  transport: TransportOptions,
  policy: RetryPolicy,
  context: Context,
  budget: TimeLimits,
  report: Reporter,
): PostOptions {
  return {
    way: transport,
    signal: budget.signal,
    timing: timingOf(context, budget),
    policy,
    listen: listenerFor(report),
    pausing: (ms, outcome) => void reportPause(ms, outcome, report),
  }
}

/** How a session sends while a budget lasts. `retries` is --retry: how often a server is tried again that does not listen. */
export function sessionOptions(
  retries: number,
  context: Context,
  budget: TimeLimits,
  report: Reporter,
): Omit<SessionOptions, 'transport'> {
  return {
    retries,
    ...requestLimits(context, budget),
    listen: listenerFor(report),
    pausing: (ms, _, outcome) => void reportPause(ms, outcome, report),
    alarm: (ms, expired) => context.alarm(ms, expired),
  }
}
