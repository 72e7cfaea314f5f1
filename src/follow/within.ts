import type { Clock } from '../http/retry/grace.ts'

/** Work was not over before a limit. */
export class LimitReached extends Error {
  override name = 'LimitReached'
}

/** Awaits `work` for at most `ms`, else aborts it and throws a LimitReached. */
export async function within<T>(
  ms: number,
  work: (ended: AbortSignal) => Promise<T>,
  clock: Clock,
): Promise<T> {
  const controller = new AbortController()
  const working = work(controller.signal)
  if (ms === Infinity) return working
  let cancel: () => void = () => undefined
  const expired = new Promise<never>((_, reject) => {
    cancel = clock.alarm(ms, () => {
      const reached = new LimitReached('the time limit has passed')
      controller.abort(reached)
      reject(reached)
    })
  })
  try {
    return await Promise.race([working, expired])
  } finally {
    cancel()
    working.catch(() => undefined)
  }
}
