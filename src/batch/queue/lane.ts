import type { TriggerPlace, ProjectLimit, Sent } from './rate-limits.ts'

/** One that waits in its lane. */
export interface Waiting {
  index: number
  /** Its caller has stopped waiting. */
  isGone: boolean
  /** Continues with one that has begun before, and was refused; undefined for one that has not begun. */
  goOn: ((sent: Sent) => void) | undefined
}

/** Who waits to begin, by place. */
export interface Lane {
  place: TriggerPlace
  limit: ProjectLimit
  perMinute: number
  waiting: Waiting[]
  /** How many of these have been admitted. */
  admitted: number
}

/** The first target that waits in a lane, without those that are gone; undefined if none waits. */
export function headOf(lane: Lane): Waiting | undefined {
  while (lane.waiting[lane.admitted]?.isGone) lane.admitted += 1
  const head = lane.waiting[lane.admitted]
  if (!head) [lane.waiting, lane.admitted] = [[], 0]
  return head
}

/** Adds a lane to those that are open, the one whose turn it is last. */
export function insertLane(open: Lane[], lane: Lane): void {
  const index = headOf(lane)?.index
  if (index === undefined) return
  let [low, high] = [0, open.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = open[middle]
    if (other && (headOf(other)?.index ?? Infinity) > index) low = middle + 1
    else high = middle
  }
  open.splice(low, 0, lane)
}
