import type { JobTimes, TimedPipeline } from './timed-jobs.ts'

/**
 * What a part of a pipeline's time went to: a job ran, or was queued for a runner; nothing of the path was queued
 * (for a stage, `needs`, a delay, a start by hand that was made since, or GitLab itself); or a user is still to start a job.
 */
export type PathKind = 'running' | 'queued' | 'waiting' | 'manual'

/** A part of the critical path. */
export interface PathPart {
  kind: PathKind
  /** In ms since 1970. */
  from: number
  to: number
  /** The job that ran or was queued, or that came next; null after the last one. */
  timed: JobTimes | null
  pipelineId: number
}

/** Two clocks may differ by so much, in ms: a job may look queued before the end of what it waited for. */
const tolerance = 1000

const readyAt = ({ queuedAt, startedAt, until }: JobTimes): number => queuedAt ?? startedAt ?? until ?? 0
const endOf = ({ until }: JobTimes): number => until ?? -Infinity

/** The job that ended last, up to a moment; of several the one that took longest. */
function lastUpTo(jobs: readonly JobTimes[], moment: number): JobTimes | undefined {
  return jobs
    .filter((each) => each.until !== null && each.until <= moment)
    .sort((a, b) => endOf(b) - endOf(a) || readyAt(a) - readyAt(b) || a.job.id - b.job.id)[0]
}

/**
 * The chain of jobs that decided when a pipeline ended, in order of time. Since GitLab's REST API does not report `needs`,
 * a job is taken to have waited for the last job that ended before it was queued. A trigger job is replaced by the path of
 * the pipeline that it started. The parts cover the time from `since` to `until` (ms since 1970) without gap or overlap.
 */
export function criticalPath(
  timed: TimedPipeline,
  since: number = timed.since,
  until: number = timed.until,
): PathPart[] {
  const { pipeline, jobs } = timed
  const parts: PathPart[] = []
  let cursor = until
  const add = (kind: PathKind, from: number, job: JobTimes | null): void => {
    const start = Math.min(cursor, Math.max(since, from))
    if (start === cursor) return
    parts.unshift({ kind, from: start, to: cursor, timed: job, pipelineId: pipeline.id })
    cursor = start
  }
  const left = new Set(jobs)
  const byHand = jobs.find(
    ({ job, isReplaced }) => job.status === 'manual' && !isReplaced && !job.allowFailure,
  )
  let next: JobTimes | null = pipeline.status === 'manual' ? (byHand ?? null) : null
  let isManual = pipeline.status === 'manual'
  while (cursor > since) {
    const moment = next === null || isManual ? until : readyAt(next)
    const before = lastUpTo([...left], moment + tolerance)
    add(isManual ? 'manual' : 'waiting', before?.until ?? since, next)
    isManual = false
    if (!before) break
    left.delete(before)
    addRun(before)
    next = before
  }
  return parts

  function addRun(job: JobTimes): void {
    const startedAt = job.startedAt ?? endOf(job)
    const from = Math.max(since, startedAt)
    // One that did not wait for what it has started ended before that.
    if (job.below && job.below.until <= endOf(job) + tolerance && job.below.until > from && from < cursor) {
      parts.unshift(...criticalPath(job.below, from, cursor))
      cursor = from
    }
    add('running', startedAt, job)
    add('queued', readyAt(job), job)
  }
}

/** How long each kind of part took, in ms: together the length of the path. */
export function pathSums(parts: readonly PathPart[]): Record<PathKind, number> {
  const sums = { running: 0, queued: 0, waiting: 0, manual: 0 }
  for (const { kind, from, to } of parts) sums[kind] += to - from
  return sums
}
