import type { PathPart } from '../../follow/timeline/critical-path.ts'
import type { JobTimes, TimedPipeline } from '../../follow/timeline/timed-jobs.ts'
import { criticalJobs, type Timeline } from '../timeline/timeline.ts'

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
const seconds = (ms: number): number => ms / 1000

function jobsOf(
  { pipeline, jobs }: TimedPipeline,
  critical: ReadonlySet<JobTimes>,
): Record<string, unknown>[] {
  return jobs.flatMap((timed) => {
    const { job, isReplaced, queuedAt, startedAt, until, below } = timed
    const own = {
      pipeline_id: pipeline.id,
      id: job.id,
      name: job.name,
      stage: job.stage,
      status: job.status,
      is_retried: isReplaced,
      is_critical: critical.has(timed),
      queued_at: time(queuedAt),
      started_at: time(startedAt),
      until: time(until),
    }
    return [own, ...(below ? jobsOf(below, critical) : [])]
  })
}

function partObject({ kind, from, to, timed, pipelineId }: PathPart): Record<string, unknown> {
  const job = { job_id: timed?.job.id ?? null, job_name: timed?.job.name ?? null, pipeline_id: pipelineId }
  return { kind, from: time(from), to: time(to), seconds: seconds(to - from), ...job }
}

/**
 * A timeline: the times of all jobs, those downstream and those that were retried too, and the critical path, whose
 * parts cover the pipeline's time without gap or overlap. Members are never removed.
 */
export function timelineObject({ root, axis, path, sums, hidden }: Timeline): Record<string, unknown> {
  const critical = criticalJobs(path)
  return {
    from: time(axis.from),
    to: time(axis.to),
    seconds: {
      total: seconds(root.until - root.since),
      running: seconds(sums.running),
      queued: seconds(sums.queued),
      waiting: seconds(sums.waiting),
      manual: seconds(sums.manual),
    },
    jobs: jobsOf(root, critical),
    critical_path: path.map(partObject),
    hidden: hidden === '' ? null : hidden,
  }
}
