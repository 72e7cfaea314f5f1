import type { Context } from '../../core/context.ts'
import { DeadlineError } from '../../core/errors.ts'

/** The time limit of a whole batch (--batch-timeout), which counts from the start of the command. */
export interface BatchLimit {
  /** In ms; Infinity: none. */
  ms: number
  /** When it began to count, on the clock of `now`. */
  readonly since: number
  /** Aborts at its end (DeadlineError), or when the process gets a signal. */
  signal: AbortSignal
  /** Does work that does not count: the time that --jitter and --lock take. */
  without<T>(work: () => Promise<T>): Promise<T>
  /** Stops the timer. */
  end(): void
}

/** Starts the time limit of a batch: `ms` milliseconds. */
export function startBatchLimit(
  context: Pick<Context, 'alarm' | 'interrupted' | 'now'>,
  ms: number,
): BatchLimit {
  const expired = new AbortController()
  let since = context.now()
  let stopAlarm: () => void = () => undefined
  const start = (): void => {
    if (ms === Infinity) return
    stopAlarm = context.alarm(Math.max(0, since + ms - context.now()), () => {
      expired.abort(new DeadlineError(`the time limit of ${ms / 1000} s has passed (--batch-timeout)`))
    })
  }
  start()
  return {
    ms,
    get since() {
      return since
    },
    signal: AbortSignal.any([context.interrupted, expired.signal]),
    async without(work) {
      stopAlarm()
      const begunAt = context.now()
      try {
        return await work()
      } finally {
        since += context.now() - begunAt
        start()
      }
    },
    end() {
      stopAlarm()
    },
  }
}
