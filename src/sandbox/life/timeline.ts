/** From a tick on (a step of the clock, or a look; see time.ts) this is the status. */
export interface Change {
  at: number
  status: string
}

/** The statuses of a job or a pipeline in their order; never empty. */
export type Timeline = readonly Change[]

/** The statuses that end a life until somebody retries (facts 4.2). */
export const endStatuses: readonly string[] = ['success', 'failed', 'canceled', 'skipped']

/** The statuses in which nothing has been given to a runner yet. */
export const idleStatuses: readonly string[] = ['created', 'skipped', 'manual', 'scheduled']

/** Whether a status ends a life. */
export function isEnd(status: string): boolean {
  return endStatuses.includes(status)
}

/** The change in force at a tick; before the first one, the first. */
export function changeAt(line: Timeline, tick: number): Change {
  return line.findLast(({ at }) => at <= tick) ?? line[0] ?? { at: 0, status: 'created' }
}

/** The last change of all, and whether it is an end. */
export function lastOf(line: Timeline): Change & { ends: boolean } {
  const last = line.at(-1) ?? { at: 0, status: 'created' }
  return { ...last, ends: isEnd(last.status) }
}

/** The changes up to a tick, and more after them. */
export function continued(line: Timeline, tick: number, more: Timeline): Timeline {
  return [...line.filter(({ at }) => at <= tick), ...more]
}

/** The tick at which something began to run, of what had happened until `tick`; null if nothing had. */
export function startOf(line: Timeline, tick: number): number | null {
  return line.find(({ at, status }) => at <= tick && status === 'running')?.at ?? null
}

/** The tick at which something was queued. */
export function queuedOf(line: Timeline, tick: number): number | null {
  return line.find(({ at, status }) => at <= tick && status === 'pending')?.at ?? null
}

/** The tick at which it ended, if it has at `tick` and not only been passed over. */
export function finishOf(line: Timeline, tick: number): number | null {
  const { at, status } = changeAt(line, tick)
  return isEnd(status) && status !== 'skipped' ? at : null
}

/**
 * Statuses as a script gives them: a list has one for each tick, of which the last stays; a record says from which tick on,
 * counting from 1: `{ 1: 'pending', 4: 'running' }`.
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
