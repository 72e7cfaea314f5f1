/** When to look again. */
export interface PollInterval {
  /** A request was sent: every one is paid for before the next look. */
  spend(now: number): void
  /** The server wants nothing before this time, in ms since 1970. */
  hold(until: number): void
  /**
   * How long to wait before the next look, in ms: `quiet` is how long nothing has changed. It is more than `atMost` only for what was sent, and for
   * what the server wants.
   */
  pause(now: number, quiet: number, atMost?: number): number
}

/** At most 120 requests a minute are sent on and on, however many pipelines and jobs there are. */
export const requestCostMs = 500
/** So much may be spent ahead, so that the first looks come fast. */
const creditMs = 5000
const shortestMs = 1000
const longestMs = 30_000

/**
 * A pace: of `fixedMs` where somebody wants it so, else fast at first and near a change, slow on long builds, never all at the same time.
 * `random` is from 0 to 1.
 */
export function pollInterval(fixedMs: number | undefined, random: () => number): PollInterval {
  let paidUntil = 0
  let heldUntil = 0
  return {
    spend(now) {
      paidUntil = Math.max(paidUntil, now - creditMs) + requestCostMs
    },
    hold(until) {
      heldUntil = Math.max(heldUntil, until)
    },
    pause(now, quiet, atMost = Infinity) {
      const held = heldUntil - now
      if (fixedMs !== undefined) return Math.max(Math.min(fixedMs, atMost), held)
      const adaptive = Math.min(longestMs, Math.max(shortestMs, quiet / 10))
      const jittered = adaptive * (0.9 + 0.2 * random())
      return Math.round(Math.max(Math.min(jittered, atMost), paidUntil - now, held))
    },
  }
}
