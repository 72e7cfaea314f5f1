import { requestRate, type RequestRate } from '../http/request-rate.ts'

/** Decides when to poll next, with every request counted. */
export interface PollInterval extends RequestRate {
  /**
   * The time to wait before the next poll, in ms. `quiet` is the time since the last change. The result
   * exceeds `atMost` only because of the rate limit or `hold`.
   */
  pause(now: number, quiet: number, atMost?: number): number
}

const minMs = 1000
const maxMs = 30_000

/**
 * Creates the schedule of polls: every `fixedMs` if given, else adaptive with jitter, fast at first and after
 * changes, slow for long builds. `random` returns a number from 0 to 1. Several pipelines of a server may share a `rate`.
 */
export function pollInterval(
  fixedMs: number | undefined,
  random: () => number,
  rate: RequestRate = requestRate(),
): PollInterval {
  return {
    ...rate,
    pause(now, quiet, atMost = Infinity) {
      if (fixedMs !== undefined) return Math.max(Math.min(fixedMs, atMost), rate.held(now))
      const adaptive = Math.min(maxMs, Math.max(minMs, quiet / 10))
      const jittered = adaptive * (0.9 + 0.2 * random())
      return Math.round(Math.max(Math.min(jittered, atMost), rate.owed(now)))
    },
  }
}
