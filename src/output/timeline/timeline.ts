import type { PathKind, PathPart } from '../../follow/timeline/critical-path.ts'
import type { JobTimes, TimedPipeline } from '../../follow/timeline/timed-jobs.ts'

/** Where the time of a pipeline went, ready to be shown. */
export interface Timeline {
  root: TimedPipeline
  /** In ms since 1970: from the pipeline's creation to the last moment of all that it has started. */
  axis: { from: number; to: number }
  /** The critical path, first part first. */
  path: readonly PathPart[]
  /** How long each kind of part took, in ms. */
  sums: Readonly<Record<PathKind, number>>
  /** Why jobs that were retried could not be read; '' where they were. */
  hidden: string
}

/** The jobs of a critical path: those that ran or were queued on it, or are still to be started. */
export function criticalJobs(path: readonly PathPart[]): ReadonlySet<JobTimes> {
  return new Set(path.flatMap(({ kind, timed }) => (kind === 'waiting' ? [] : (timed ?? []))))
}
