import { pollUntil } from '../core/poll-until.ts'
import type { Clock } from '../http/retry/grace.ts'
import { requestCostMs, type PollInterval } from './poll-interval.ts'

/** Waits until one more request keeps to the rate limit. Rejects when the clock stops. */
export type RequestTurn = () => Promise<void>

const pauses = { firstMs: requestCostMs, factor: 1, mostMs: requestCostMs }

/** For loops that send requests: each waits for its turn, which `interval` gives. */
export function requestTurn(interval: PollInterval, clock: Pick<Clock, 'now' | 'sleep'>): RequestTurn {
  const look = (): Promise<true | undefined> =>
    Promise.resolve(interval.owed(clock.now()) > 0 ? undefined : true)
  return async () => {
    await pollUntil(look, pauses, clock)
  }
}
