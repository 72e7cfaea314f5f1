/** Growing pauses between polls, in ms. */
export interface Pauses {
  firstMs: number
  factor: number
  mostMs: number
}

/** A clock to wait by; `sleep` rejects when the wait is stopped. */
interface WaitingClock {
  /** ms since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
}

/**
 * Polls until `poll` resolves to something, or the next pause would end after `until` (ms since 1970); undefined then. For waiting until a server has
 * reached a state: that a request is repeated which failed is its policy's matter. Throws what `poll` throws.
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
