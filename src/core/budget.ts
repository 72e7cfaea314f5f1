import type { Context } from './context.ts'
import { DeadlineError } from './errors.ts'

/** The time limit of a run, and the signal that stops all its work. */
export interface Budget {
  /** Aborts at the deadline (DeadlineError) or when the process gets a signal (Interrupted). */
  signal: AbortSignal
  /** The deadline, in ms since 1970. */
  deadline: number
  /** Stops the timer. Call it when the run is over. */
  end(): void
}

/** Starts the time limit of a run: `ms` milliseconds. */
export function startBudget(context: Pick<Context, 'alarm' | 'interrupted' | 'now'>, ms: number): Budget {
  const deadline = new AbortController()
  const cancelAlarm = context.alarm(ms, () => {
    deadline.abort(new DeadlineError(`the time limit of ${ms / 1000} s is over`))
  })
  return {
    signal: AbortSignal.any([context.interrupted, deadline.signal]),
    deadline: context.now() + ms,
    end: cancelAlarm,
  }
}
