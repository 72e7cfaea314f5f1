import type { Context } from '../core/context.ts'

/** How often the clock looks whether the process runs, in ms. */
const tickMs = 1000
/** What passes between two ticks counts for no more than this, in ms: the rest of it the process stood still. */
const longestStepMs = 2000
/** The longest timeout of Node, in ms: a longer one ends at once. */
const longestTimeoutMs = 2 ** 31 - 1

/** Time in which this process ran. It starts when it is asked for the first time. */
const runningTime = {
  ms: 0,
  lookedAt: 0,
  suspensions: 0,
  ticker: undefined as NodeJS.Timeout | undefined,
}

function look(): number {
  const at = process.uptime() * 1000
  if (runningTime.ticker) {
    const step = at - runningTime.lookedAt
    if (step > longestStepMs) runningTime.suspensions += 1
    runningTime.ms += Math.min(step, longestStepMs)
  } else {
    runningTime.ms = Date.now()
    runningTime.ticker = setInterval(look, tickMs).unref()
  }
  runningTime.lookedAt = at
  return runningTime.ms
}

function setAlarm(ms: number, expired: () => void): () => void {
  const due = look() + ms
  let timer: NodeJS.Timeout
  const wait = (left: number): void => {
    timer = setTimeout(ring, Math.min(left, longestTimeoutMs)).unref()
  }
  // After a suspension all timers are due, though their time has not passed.
  const ring = (): void => {
    const left = due - look()
    if (left < 1) expired()
    else wait(left)
  }
  wait(ms)
  return () => {
    clearTimeout(timer)
  }
}

/** The clocks of this process, timers and random numbers. */
export const realTime: Pick<Context, 'now' | 'wallTime' | 'suspensions' | 'sleep' | 'alarm' | 'random'> = {
  now: () => Math.round(look()),
  wallTime: () => Date.now(),
  suspensions() {
    look()
    return runningTime.suspensions
  },
  random: () => Math.random(),
  alarm: setAlarm,
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
