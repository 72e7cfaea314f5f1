/** Decides when to poll next. */
export interface PollInterval {
  /** Counts one request against the rate limit. */
  spend(now: number): void
  /** Forbids requests before this time, in ms since 1970 (Retry-After). */
  hold(until: number): void
  /**
   * The time to wait before the next poll, in ms. `quiet` is the time since the last change. The result
   * exceeds `atMost` only because of the rate limit or `hold`.
   */
  pause(now: number, quiet: number, atMost?: number): number
  /** The time until one more request keeps to the rate limit, in ms; 0 if it does now. */
  owed(now: number): number
}

/** Enforces a sustained 120 requests a minute at most, however many pipelines and jobs there are. */
export const requestCostMs = 500
/** Requests that may be sent in advance, in ms of their cost, so that the first polls are fast. */
const creditMs = 5000
const minMs = 1000
const maxMs = 30_000

/**
 * Creates the schedule of polls: every `fixedMs` if given, else adaptive with jitter, fast at first and after
 * changes, slow for long builds. `random` returns a number from 0 to 1.
 */
export function pollInterval(fixedMs: number | undefined, random: () => number): PollInterval {
  let paidUntil = 0
  let notBefore = 0
  return {
    spend(now) {
      paidUntil = Math.max(paidUntil, now - creditMs) + requestCostMs
    },
    hold(until) {
      notBefore = Math.max(notBefore, until)
    },
    pause(now, quiet, atMost = Infinity) {
      const holdMs = notBefore - now
      if (fixedMs !== undefined) return Math.max(Math.min(fixedMs, atMost), holdMs)
      const adaptive = Math.min(maxMs, Math.max(minMs, quiet / 10))
      const jittered = adaptive * (0.9 + 0.2 * random())
      return Math.round(Math.max(Math.min(jittered, atMost), paidUntil - now, holdMs))
    },
    owed: (now) => Math.max(0, paidUntil - now, notBefore - now),
  }
}
