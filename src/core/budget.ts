import type { Context } from './context.ts'
import { DeadlineError } from './errors.ts'

/** The time limit of a run, and the signal that stops all its work. */
export interface Budget {
  /** Aborts at the deadline (DeadlineError) or when the process gets a signal (Interrupted). */
  signal: AbortSignal
  /** The deadline, in ms since 1970; Infinity after `end`. */
  readonly deadline: number
  /** Stops the timer. Call it when the run is over. */
  end(): void
}

/** Starts the time limit of a run: `ms` milliseconds. */
export function startBudget(context: Pick<Context, 'alarm' | 'interrupted' | 'now'>, ms: number): Budget {
  const deadline = new AbortController()
  const cancelAlarm = context.alarm(ms, () => {
    deadline.abort(new DeadlineError(`the time limit of ${ms / 1000} s is over`))
  })
  let endsAt = context.now() + ms
  return {
    signal: AbortSignal.any([context.interrupted, deadline.signal]),
    get deadline() {
      return endsAt
    },
    end() {
      cancelAlarm()
      endsAt = Infinity
    },
  }
}
