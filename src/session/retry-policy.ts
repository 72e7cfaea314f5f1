import type { Budget } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import type { PostOptions } from '../gitlab/api/post.ts'
import type { TransportOptions } from '../http/connect.ts'
import type { ReadRetryOptions } from '../http/retry/retrying-reads.ts'
import type { RetryPolicy, Timing } from '../http/retry/retry.ts'
import type { Outcome } from '../http/message.ts'
import { explainConnectionFailure } from '../http/explain-failure.ts'
import type { Reporter } from '../events.ts'
import { listenerFor } from './server-client.ts'

function timingOf(context: Context, { signal, deadline }: Budget): Timing {
  return {
    now: () => context.now(),
    sleep: (ms) => context.sleep(ms, signal),
    random: () => context.random(),
    deadline,
  }
}

async function tellPause(ms: number, outcome: Outcome, report: Reporter): Promise<void> {
  const isAnswer = outcome.kind === 'answer' && outcome.isComplete
  const why = isAnswer ? `answer ${outcome.status}` : explainConnectionFailure(outcome.error).what
  await report({ type: 'noted', text: `Trying again in ${Math.ceil(ms / 100) / 10} s: ${why}.` })
}

/** How POSTs go out while the budget of a run lasts. */
export function postOptions(
  way: TransportOptions,
  policy: RetryPolicy,
  context: Context,
  budget: Budget,
  report: Reporter,
): PostOptions {
  return {
    way,
    signal: budget.signal,
    timing: timingOf(context, budget),
    policy,
    listen: listenerFor(report),
    pausing: (ms, outcome) => void tellPause(ms, outcome, report),
  }
}

/** How reads are repeated while the budget of a run lasts; `retries` as for its POSTs. */
export function readRetryOptions(
  retries: number,
  context: Context,
  budget: Budget,
  report: Reporter,
): ReadRetryOptions {
  const listen = listenerFor(report)
  return {
    timing: timingOf(context, budget),
    retries,
    pausing(ms, request, outcome) {
      listen(request, outcome)
      void tellPause(ms, outcome, report)
    },
  }
}
