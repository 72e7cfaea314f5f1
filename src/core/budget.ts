import type { Context } from './context.ts'
import { DeadlineError } from './errors.ts'

/** The time limit of a run, and the signal that stops all its work. */
export interface Budget {
  /** Aborts with a DeadlineError or an Interrupted. */
  signal: AbortSignal
  /** When the time is over, in ms since 1970; Infinity once the clock was stopped. */
  readonly deadline: number
  /** Stops the clock; to be called when the run is over. */
  end(): void
}

/** Starts the clock of a run that may take `ms` milliseconds. */
export function startBudget(context: Pick<Context, 'alarm' | 'interrupted' | 'now'>, ms: number): Budget {
  const deadline = new AbortController()
  const end = context.alarm(ms, () => {
    deadline.abort(new DeadlineError(`the time limit of ${ms / 1000} s is over`))
  })
  let endsAt = context.now() + ms
  return {
    signal: AbortSignal.any([context.interrupted, deadline.signal]),
    get deadline() {
      return endsAt
    },
    end() {
      end()
      endsAt = Infinity
    },
  }
}
