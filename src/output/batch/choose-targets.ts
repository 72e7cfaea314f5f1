import type { TargetProgress } from '../../batch-events.ts'
import type { Tally } from './tally.ts'

/** Of at most this many waiting targets the order is determined. */
const mostLooked = 500

/** Those of the waiting targets that are likely to begin next: first those that wait for no other. */
function nextOf({ waiting, awaitedBy }: Tally, count: number): TargetProgress[] {
  const ready: TargetProgress[] = []
  const held: TargetProgress[] = []
  let looked = 0
  for (const each of waiting) {
    if (ready.length >= count || looked >= mostLooked) break
    looked += 1
    const isReady = [...awaitedBy(each)].length === 0
    if (isReady) ready.push(each)
    else if (held.length < count) held.push(each)
  }
  return [...ready, ...held].slice(0, count)
}

/**
 * The targets to show on `room` lines: all of them, in the order of the plan, if they fit. Otherwise the last failed ones
 * (on at most half of the lines, if the others need the rest), then running ones, the next ones, and the last ended ones.
 */
export function chooseTargets(tally: Tally, room: number): TargetProgress[] {
  const { all, failed, moving, waiting, others } = tally
  if (all.length <= room) return [...all]
  if (room <= 0) return []
  const most = Math.max(Math.floor(room / 2), room - moving.size - waiting.size)
  const shown = failed.slice(-most)
  shown.push(...[...moving].slice(0, room - shown.length))
  if (shown.length < room) shown.push(...nextOf(tally, room - shown.length))
  if (shown.length < room) shown.push(...others.slice(shown.length - room).reverse())
  return shown
}
