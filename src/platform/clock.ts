import type { Context } from '../core/context.ts'

/** The system clock, timers and random numbers. */
export const realTime: Pick<Context, 'now' | 'sleep' | 'alarm' | 'random'> = {
  now: () => Date.now(),
  random: () => Math.random(),
  alarm(ms, expired) {
    const timer = setTimeout(expired, ms).unref()
    return () => {
      clearTimeout(timer)
    }
  },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal.addEventListener('abort', stop, { once: true })
    }),
}
