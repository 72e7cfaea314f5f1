import { readRetryDelay, type Timing } from './retry.ts'
import type { Outcome } from '../message.ts'
import type { HttpRequest } from '../message.ts'
import type { RequestSender } from '../http-session.ts'

/** How long to go on. */
export interface ReadRetryOptions {
  timing: Timing
  /** How often to come back to where nothing listens. */
  retries: number
  /** Is told of a pause before the same request is sent again, in ms. */
  pausing(ms: number, request: HttpRequest, outcome: Outcome): void
}

/**
 * A link on which a read is sent again after a fault that passes, when the server wants it, until it would be too late. Whatever changes something
 * is sent once. `send` rejects only when the run is stopped meanwhile.
 */
export function retryReads(link: RequestSender, persistence: ReadRetryOptions): RequestSender {
  const { timing, retries } = persistence
  const send = async (request: HttpRequest): Promise<Outcome> => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await link.send(request)
      if (request.method !== 'GET' || link.signal.aborted) return outcome
      const now = timing.now()
      const pause = readRetryDelay(outcome, attempt, retries, now, timing.random())
      if (pause === null || now + pause >= timing.deadline) return outcome
      persistence.pausing(pause, request, outcome)
      await timing.sleep(pause)
    }
  }
  return { ...link, send }
}
