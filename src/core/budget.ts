import type { Context } from './context.ts'
import { DeadlineError, Interrupted } from './errors.ts'

/** A time limit, and the signal that stops all its work. */
export interface TimeLimits {
  /** Aborts at the deadline (DeadlineError) or when the process gets a signal (Interrupted). */
  signal: AbortSignal
  /** In ms since 1970; Infinity where there is no limit. */
  readonly deadline: number
}

/** The time limit of a run, or of a part of it. What is written has the same limit (write-limits.ts). */
export interface Budget extends TimeLimits {
  /** Takes the limit away: what follows may take as long as it likes. */
  lift(): void
  /** Ends it at this time, in ms since 1970, unless it ends earlier. `what` is the limit in words. */
  endBy(deadline: number, what: string): void
  /** Stops the time until the returned function is called: what was waited for in the meantime does not count. */
  pause(): () => void
  /** Stops the timer. Call it when the work has ended; what is left to write has the rest of the time. */
  end(): void
}

const inSeconds = (ms: number): string => `the time limit of ${ms / 1000} s`

/** Starts a time limit: `ms` milliseconds, Infinity for none yet. */
export function startBudget(
  context: Pick<Context, 'alarm' | 'interrupted' | 'now' | 'writeLimits'>,
  ms: number,
): Budget {
  const expired = new AbortController()
  let deadline = context.now() + ms
  let stopAlarm: () => void = () => undefined
  const limitWrites = context.writeLimits?.open(deadline)
  const endAt = (what: string): void => {
    const leftMs = deadline - context.now()
    const expire = (): void => {
      expired.abort(new DeadlineError(`${what} has passed`))
    }
    if (leftMs <= 0) expire()
    else if (leftMs !== Infinity) stopAlarm = context.alarm(leftMs, expire)
  }
  endAt(inSeconds(ms))
  return {
    signal: AbortSignal.any([context.interrupted, expired.signal]),
    get deadline() {
      return deadline
    },
    lift() {
      stopAlarm()
      deadline = Infinity
      limitWrites?.(undefined)
    },
    endBy(earlier, what) {
      if (earlier >= deadline) return
      stopAlarm()
      deadline = earlier
      limitWrites?.(deadline)
      endAt(what)
    },
    pause() {
      stopAlarm()
      const leftMs = deadline - context.now()
      deadline = Infinity
      limitWrites?.(deadline)
      return () => {
        deadline = context.now() + leftMs
        limitWrites?.(deadline)
        endAt(inSeconds(ms))
      }
    },
    end() {
      stopAlarm()
    },
  }
}

/** What an optional read may take, in ms, and as a part of the time that is left. */
const optionalMs = 10_000
const optionalPart = 1 / 4
/** One answer that does not come is no reason to continue without what the next would tell. */
const optionalAttempts = 2

/**
 * Does work that a run can do without: it gets a quarter of the time that is left, 10 s at most, for two
 * attempts. Resolves to 'too late' where it has not ended by then. Throws what it throws, and an Interrupted.
 */
export async function optionally<T>(
  context: Pick<Context, 'alarm' | 'now'>,
  whole: TimeLimits,
  work: (limits: TimeLimits) => Promise<T>,
): Promise<T | 'too late'> {
  const leftMs = whole.deadline - context.now()
  const attemptMs = Math.min(optionalMs, leftMs * optionalPart) / optionalAttempts
  const clock = {
    now: () => context.now(),
    alarm: (ms: number, ring: () => void) => context.alarm(ms, ring),
    interrupted: whole.signal,
  }
  for (let attempt = 1; attempt <= optionalAttempts; attempt += 1) {
    const part = startBudget(clock, attemptMs)
    try {
      return await work(part)
    } catch (error) {
      if (!part.signal.aborted || whole.signal.reason instanceof Interrupted) throw error
    } finally {
      part.end()
    }
  }
  return 'too late'
}
