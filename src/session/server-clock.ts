import type { Context } from '../core/context.ts'
import type { Listener } from '../http/message.ts'

/** A server's own time, by the `Date` of its last answer. */
export interface ServerClock {
  /** Milliseconds since 1970; this machine's time until the server has told its own. */
  now(): number
  /** A listener that also reads the time. */
  listening(listen: Listener): Listener
}

/** The clock of one server. Times of jobs are compared with it, since this machine's may be wrong. */
export function serverClock({ now }: Pick<Context, 'now'>): ServerClock {
  let offset = 0
  return {
    now: () => now() + offset,
    listening: (listen) => (request, outcome) => {
      listen(request, outcome)
      if (outcome.kind === 'no answer') return
      const date = Date.parse(outcome.headers['date'] ?? '')
      if (!Number.isNaN(date)) offset = date - now()
    },
  }
}
