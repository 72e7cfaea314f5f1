import type { Reader } from '../auth/abilities.ts'
import type { World } from '../world/model.ts'
import { Halt, message } from './answer.ts'
import type { Call } from './call.ts'

const minuteMs = 60_000

/**
 * Counts something that is limited; whether it has now happened more often than `most` in this minute. 0 is
 * no limit.
 */
export function isTooMany(world: World, key: string, most: number, now: number): boolean {
  if (most <= 0) return false
  const minute = Math.floor(now / minuteMs)
  const before = world.counts.get(key)
  const times = before?.minute === minute ? before.times + 1 : 1
  world.counts.set(key, { minute, times })
  return times > most
}

/**
 * Counts a read of a list that GitLab limits for each user; halts with 429 where it is too many (facts 2.6).
 */
export function limitReads(call: Call, who: Reader, list: string): void {
  const name = who.kind === 'nobody' ? 'nobody' : who.username
  const most = call.world.limits.readsPerMinute
  if (!isTooMany(call.world, `${list} by ${name}`, most, call.now)) return
  const refusal = message(429, {
    error: 'This endpoint has been requested too many times. Try again later.',
  })
  refusal.headers['retry-after'] = '60'
  throw new Halt(refusal)
}
