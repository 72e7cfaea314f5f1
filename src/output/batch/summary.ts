import type { TargetProgress } from '../../batch-events.ts'
import type { ExitName } from '../../core/exit-codes.ts'
import { isFinished } from '../../core/status.ts'
import { durationText } from '../format/elapsed-time.ts'

/** How the targets of a batch have ended: how many of each. */
export interface BatchCounts {
  /** Triggered, and if they were followed their pipelines succeeded. */
  succeeded: number
  failed: number
  /** Their pipelines continue. */
  unseen: number
  /** Whether there is a pipeline of them is not known. */
  unknown: number
  notStarted: number
  skipped: number
}

/** A way in which a target ends. */
export type EndKind = keyof BatchCounts

const signalExits: readonly (ExitName | undefined)[] = ['hangup', 'interrupt', 'terminate']
/** How a target ends whose pipeline is not followed any more. */
const unseenExits: readonly (ExitName | undefined)[] = ['endNotSeen', ...signalExits]

/** How a finished target ended. */
export function endKindOf(target: TargetProgress): EndKind {
  const { exit, id, status, begunAt, wasRecorded, mayExist, isFollowed } = target
  if (exit === 'success') return id === null ? 'skipped' : 'succeeded'
  if (exit === 'unknown' || mayExist) return 'unknown'
  // Neither a signal nor a full disk changes what became of a pipeline.
  const isKnown = exit === 'notWritten' || unseenExits.includes(exit)
  if (id !== null && isKnown && status === 'success') return 'succeeded'
  if (id !== null && exit === 'notWritten' && !isFinished(status)) return isFollowed ? 'unseen' : 'succeeded'
  if (id !== null && unseenExits.includes(exit) && !isFinished(status)) return 'unseen'
  const isStopped = id === null && signalExits.includes(exit)
  return (begunAt === undefined && !wasRecorded) || isStopped ? 'notStarted' : 'failed'
}

/** Counts the targets of a batch that has ended. */
export function countsOf(targets: readonly TargetProgress[]): BatchCounts {
  const counts = { succeeded: 0, failed: 0, unseen: 0, unknown: 0, notStarted: 0, skipped: 0 }
  for (const each of targets) counts[endKindOf(each)] += 1
  return counts
}

/** Whether a target that counts as good was only triggered: no more is known of its pipeline. */
export const isOnlyTriggered = ({ isFollowed, status }: TargetProgress): boolean =>
  !isFollowed && !isFinished(status)

/** The counts as `28 of 30 targets succeeded, 1 failed, 1 was not started`; where no pipeline is followed, `28 of 30 targets triggered`. */
export function countsText(targets: readonly TargetProgress[]): string {
  const { succeeded, failed, unseen, unknown, notStarted, skipped } = countsOf(targets)
  const all = targets.length === 1 ? '1 target' : `${targets.length} targets`
  const triggered = targets.filter((each) => endKindOf(each) === 'succeeded' && isOnlyTriggered(each)).length
  const isAny = targets.some((each) => each.isFollowed)
  const was = (count: number): string => (count === 1 ? 'was' : 'were')
  return [
    isAny ? `${succeeded - triggered} of ${all} succeeded` : `${succeeded} of ${all} triggered`,
    ...(isAny && triggered > 0 ? [`${triggered} triggered`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unseen > 0 ? [`${unseen} may still be running`] : []),
    ...(unknown > 0 ? [`${unknown} may have been triggered`] : []),
    ...(notStarted > 0 ? [`${notStarted} ${was(notStarted)} not started`] : []),
    ...(skipped > 0 ? [`${skipped} ${was(skipped)} skipped`] : []),
  ].join(', ')
}

/** What a summary is made of. Durations in ms. */
export interface BatchTimes {
  totalMs: number
  /** The chain of targets that took longest; empty where no target needs another. */
  criticalPath: readonly TargetProgress[]
  durationOf: (target: TargetProgress) => number
}

const mostSlow = 3

/** The lines at the end of a batch: counts, the critical path, the slowest targets. */
export function summaryLines(targets: readonly TargetProgress[], times: BatchTimes): string[] {
  const { totalMs, criticalPath, durationOf } = times
  const timed = (each: TargetProgress): string => `${each.name} (${durationText(durationOf(each))})`
  const slowest = targets
    .filter((each) => durationOf(each) >= 1000)
    .sort((a, b) => durationOf(b) - durationOf(a))
    .slice(0, mostSlow)
  const chainMs = criticalPath.reduce((sum, each) => sum + durationOf(each), 0)
  return [
    `${countsText(targets)}, in ${durationText(totalMs)}.`,
    ...(criticalPath.length > 0 && chainMs >= 1000
      ? [`Critical path: ${criticalPath.map(timed).join(' → ')}, ${durationText(chainMs)}.`]
      : []),
    ...(slowest.length > 1 ? [`Slowest: ${slowest.map(timed).join(', ')}.`] : []),
  ]
}
