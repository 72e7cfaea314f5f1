import type { Answer } from './answer.ts'
import { text } from './answer.ts'

/** How many requests a minute may have (docs/gitlab.md#2.6). */
export interface RateLimit {
  perMinute: number
  /** Whether more than that are refused with 429; otherwise they are only counted. */
  refuses?: boolean
}

/** The minute that is being counted, and how many requests it has had. */
export interface RateCount {
  minute: number
  requests: number
}

/** Counts a request; the headers for its answer, and the answer itself if it was one too many. */
export function countRequest(
  count: RateCount,
  { perMinute, refuses = false }: RateLimit,
  now: number,
): { headers: Record<string, string>; refusal: Answer | undefined } {
  const minute = Math.floor(now / 60_000)
  count.requests = count.minute === minute ? count.requests + 1 : 1
  count.minute = minute
  const reset = (minute + 1) * 60
  const headers = {
    // A server's limits and its Date are of one clock.
    date: new Date(now).toUTCString(),
    'ratelimit-name': 'throttle_authenticated_api',
    'ratelimit-limit': String(perMinute),
    'ratelimit-observed': String(count.requests),
    'ratelimit-remaining': String(Math.max(0, perMinute - count.requests)),
    'ratelimit-reset': String(reset),
    'ratelimit-resettime': new Date(reset * 1000).toUTCString(),
  }
  if (!refuses || count.requests <= perMinute) return { headers, refusal: undefined }
  const refusal = text(429, 'Retry later\n')
  refusal.headers['retry-after'] = String(Math.max(1, Math.ceil(reset - now / 1000)))
  return { headers, refusal }
}
