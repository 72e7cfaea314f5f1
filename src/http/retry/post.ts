import type { TransportOptions } from '../connect.ts'
import type { HttpRequest, Listener, Outcome } from '../message.ts'
import { send } from '../send.ts'
import { classify } from './classify.ts'
import { postRetryDelay, serverRetryDelay, type RetryPolicy, type Timing } from './delays.ts'

/** How POSTs go out. */
export interface PostOptions {
  way: TransportOptions
  signal: AbortSignal
  timing: Timing
  policy: RetryPolicy
  /** Limits how long one POST is waited for. */
  patience?: () => { signal: AbortSignal; end(): void }
  listen: Listener
  /**
   * Is asked after an answer that says that a rate limit was met: resolves to whether to send again, once that is allowed, which counts as no attempt.
   * Rejects when the run is stopped. Undefined: such an answer is treated as any other.
   */
  limited?: ((outcome: Outcome) => Promise<boolean>) | undefined
  /** Is called with the pause before the same request is sent again, in ms. */
  pausing(ms: number, outcome: Outcome): void
}

/** The last outcome of a POST, and for a rate limit when to try again. */
export interface PostResult {
  outcome: Outcome
  /** ms since 1970; undefined where the server said nothing of a limit. */
  retryAt: number | undefined
  /** An earlier attempt that may have been processed; undefined where none was. */
  doubtful: Outcome | undefined
}

/** How long GitLab's own limit lasts, in ms: it counts the pipelines of a minute. */
const rateLimitMs = 60_000

/**
 * Sends a POST, and again only where the first provably made nothing (docs/guarantees.md#G7). What would not be over before the deadline is not waited
 * for. Never throws for what the network or the server does.
 */
export async function post(request: HttpRequest, sending: PostOptions): Promise<PostResult> {
  const { way, signal, timing, policy, listen } = sending
  let doubtful: Outcome | undefined
  for (let attempt = 1; ;) {
    const patience = sending.patience?.()
    const outcome = await send(request, way, patience ? AbortSignal.any([signal, patience.signal]) : signal)
    patience?.end()
    listen(request, outcome)
    if (sending.limited && outcome.error === undefined && classify(outcome).exit === 'rateLimited') {
      try {
        if (await sending.limited(outcome)) continue
      } catch (error) {
        return { outcome: { ...outcome, error }, retryAt: undefined, doubtful }
      }
      return { outcome, retryAt: retryAt(outcome, timing.now()), doubtful }
    }
    const now = timing.now()
    const pause = postRetryDelay(outcome, attempt, policy, now, timing.random())
    if (pause === null || now + pause >= timing.deadline) {
      return { outcome, retryAt: retryAt(outcome, now), doubtful }
    }
    if (classify(outcome).build === 'unknown') doubtful ??= outcome
    sending.pausing(pause, outcome)
    try {
      await timing.sleep(pause)
    } catch (error) {
      return { outcome: { ...outcome, error }, retryAt: undefined, doubtful }
    }
    attempt += 1
  }
}

function retryAt(outcome: Outcome, now: number): number | undefined {
  if (outcome.kind === 'no answer' || classify(outcome).exit !== 'rateLimited') return undefined
  return now + (serverRetryDelay(outcome, now) ?? rateLimitMs)
}
