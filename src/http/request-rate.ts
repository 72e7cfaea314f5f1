import { pollUntil } from '../core/poll-until.ts'
import type { Clock } from './retry/grace.ts'

/** Enforces a sustained 120 requests a minute at most, however many pipelines and jobs there are. */
export const requestCostMs = 500
/** Requests that may be sent in advance, in ms of their cost, so that the first polls are fast. */
const creditMs = 5000

/** Counts the requests to a server. All times are in ms since 1970. */
export interface RequestRate {
  /** Counts one request against the rate limit. */
  spend(now: number): void
  /** Forbids requests before this time (Retry-After). */
  hold(until: number): void
  /** The time until requests are not forbidden, in ms; negative where they are not. */
  held(now: number): number
  /** The time until one more request keeps to the rate limit, in ms; 0 if it does now. */
  owed(now: number): number
}

/** Starts to count. */
export function requestRate(): RequestRate {
  let paidUntil = 0
  let notBefore = 0
  return {
    spend(now) {
      paidUntil = Math.max(paidUntil, now - creditMs) + requestCostMs
    },
    hold(until) {
      notBefore = Math.max(notBefore, until)
    },
    held: (now) => notBefore - now,
    owed: (now) => Math.max(0, paidUntil - now, notBefore - now),
  }
}

/** Waits until one more request keeps to the rate limit. Rejects when the clock stops. */
export type RequestTurn = () => Promise<void>

const pauses = { firstMs: requestCostMs, factor: 1, mostMs: requestCostMs }

/** For loops that send requests: each waits for its turn, which `rate` gives. */
export function requestTurn(rate: RequestRate, clock: Pick<Clock, 'now' | 'sleep'>): RequestTurn {
  const look = (): Promise<true | undefined> => Promise.resolve(rate.owed(clock.now()) > 0 ? undefined : true)
  return async () => {
    await pollUntil(look, pauses, clock)
  }
}
