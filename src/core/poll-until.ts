/** Exponentially growing pauses between polls. */
export interface Pauses {
  firstMs: number
  factor: number
  mostMs: number
}

/** A clock. `sleep` rejects when the run is stopped. */
interface WaitingClock {
  /** ms since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
}

/**
 * Polls until `poll` returns a value, to wait for a state on the server. Returns undefined if the next pause
 * would end after `until` (ms since 1970). Throws what `poll` throws; failed requests are retried by their
 * request policy.
 */
export async function pollUntil<T>(
  poll: () => Promise<T | undefined>,
  { firstMs, factor, mostMs }: Pauses,
  clock: WaitingClock,
  until = Infinity,
): Promise<T | undefined> {
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * factor, mostMs)) {
    const found = await poll()
    if (found !== undefined) return found
    if (clock.now() + pauseMs > until) return undefined
    await clock.sleep(pauseMs)
  }
}
