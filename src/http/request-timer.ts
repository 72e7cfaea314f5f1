import { DeadlineError } from '../core/errors.ts'

/** How long one request may take, or pause between two pieces of its answer, in ms; GitLab's own limit is 60 s. */
const requestLimitMs = 70_000

/** The time limit of one request. */
export interface RequestTimer {
  signal: AbortSignal
  /** Gives the request the whole time again. */
  restart(): void
  end(): void
}

/** Calls `expired` after `ms` unless the returned function was called before. */
export type Alarm = (ms: number, expired: () => void) => () => void

/** Starts the time limit of one request. Its signal aborts with a DeadlineError at that limit, and with the reason of `signal` when that does. */
export function startRequestTimer(alarm: Alarm, signal: AbortSignal): RequestTimer {
  const controller = new AbortController()
  const start = (): (() => void) =>
    alarm(requestLimitMs, () => {
      controller.abort(new DeadlineError(`no answer within ${requestLimitMs / 1000} s`))
    })
  let end = start()
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    restart() {
      end()
      end = start()
    },
    end: () => {
      end()
    },
  }
}
