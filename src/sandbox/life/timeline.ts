/** The status from a tick on. A tick is a step of the clock or a poll (see time.ts). */
export interface Change {
  at: number
  status: string
}

/** The status changes of a job or a pipeline in their order; never empty. */
export type Timeline = readonly Change[]

/** The statuses that are final until a retry (facts 4.2). */
export const endStatuses: readonly string[] = ['success', 'failed', 'canceled', 'skipped']

/** The statuses of a job that no runner has been offered yet. */
export const idleStatuses: readonly string[] = ['created', 'skipped', 'manual', 'scheduled']

/** Whether a status is final. */
export function isEnd(status: string): boolean {
  return endStatuses.includes(status)
}

/** The change in force at a tick; before the first one, the first. */
export function changeAt(line: Timeline, tick: number): Change {
  return line.findLast(({ at }) => at <= tick) ?? line[0] ?? { at: 0, status: 'created' }
}

/** The last change, and whether its status is final. */
export function lastOf(line: Timeline): Change & { ends: boolean } {
  const last = line.at(-1) ?? { at: 0, status: 'created' }
  return { ...last, ends: isEnd(last.status) }
}

/** The changes up to a tick, followed by others. */
export function continued(line: Timeline, tick: number, more: Timeline): Timeline {
  return [...line.filter(({ at }) => at <= tick), ...more]
}

/** The tick at which it began to run; null if that was not yet at `tick`. */
export function startOf(line: Timeline, tick: number): number | null {
  return line.find(({ at, status }) => at <= tick && status === 'running')?.at ?? null
}

/** The tick at which it was queued; null if that was not yet at `tick`. */
export function queuedOf(line: Timeline, tick: number): number | null {
  return line.find(({ at, status }) => at <= tick && status === 'pending')?.at ?? null
}

/** The tick at which it ended; null if it has not at `tick`, or was skipped. */
export function finishOf(line: Timeline, tick: number): number | null {
  const { at, status } = changeAt(line, tick)
  return isEnd(status) && status !== 'skipped' ? at : null
}

/**
 * Statuses as a script gives them: a list has one for each tick, and the last stays; a record names the tick
 * from which on each counts, beginning with 1: `{ 1: 'pending', 4: 'running' }`.
 */
export type Statuses = readonly string[] | Readonly<Record<number, string>>

/** A script's statuses as changes. */
export function timelineOf(statuses: Statuses): Timeline {
  const rows = Array.isArray(statuses)
    ? statuses.map((status: string, index) => ({ at: index, status }))
    : Object.entries(statuses).map(([key, status]) => ({ at: Number(key) - 1, status }))
  const changes = rows.filter(({ status }, index) => status !== rows[index - 1]?.status)
  return changes[0]?.at === 0 ? changes : [{ at: 0, status: 'created' }, ...changes]
}
