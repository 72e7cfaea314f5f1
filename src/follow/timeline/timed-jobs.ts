import { isFinished } from '../../core/status.ts'
import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'

/** A job and when it was queued, ran and ended; in ms since 1970, whole seconds. Null for what has not happened or is not told. */
export interface JobTimes {
  job: Job
  /** A retry has replaced it. */
  isReplaced: boolean
  queuedAt: number | null
  startedAt: number | null
  /** Its end; while it is queued or runs, the present. Null where it has no time at all. */
  until: number | null
  /** What a trigger job has started; null for any other. */
  below: TimedPipeline | null
}

/** A pipeline and the times of its jobs, in the order of their stages, replaced ones before those that replaced them. */
export interface TimedPipeline {
  pipeline: Pipeline
  since: number
  until: number
  jobs: JobTimes[]
}

/** The jobs of a pipeline that a retry has replaced. */
export type ReplacedJobs = (pipeline: Pipeline) => readonly Job[]

/** Whole seconds: GitLab's own times have a resolution of some ms, and sums are to be right as they are printed. */
const toSecond = (ms: number): number => Math.floor(ms / 1000) * 1000
const secondOf = (ms: number | null): number | null => (ms === null ? null : toSecond(ms))

/** Statuses of a job that a runner is to take, or has taken. */
const queued: ReadonlySet<string | null> = new Set(['pending', 'preparing', 'waiting_for_resource'])

function timedJob(job: Job, isReplaced: boolean, replaced: ReplacedJobs, now: number): JobTimes {
  const { status, downstream, queuedMs = null } = job
  const isWaiting = job.startedAt === null && queued.has(status)
  const isMoving = isWaiting || (job.startedAt !== null && !isFinished(status) && job.finishedAt === null)
  const end = job.finishedAt ?? (isMoving ? now : job.startedAt)
  const until = job.startedAt === null && !isWaiting ? null : secondOf(end)
  const startedAt = until === null ? null : secondOf(job.startedAt)
  // Of one that is still queued the server counts up to now.
  const readyUntil = job.startedAt ?? now
  const queuedAt = until === null || queuedMs === null ? null : toSecond(readyUntil - queuedMs)
  const below = downstream?.pipeline ? timedPipeline(downstream.pipeline, replaced, now) : null
  return {
    job,
    isReplaced,
    startedAt,
    queuedAt: queuedAt === null ? null : Math.min(queuedAt, startedAt ?? queuedAt),
    // Clocks of runners and servers may differ by a little.
    until: until === null ? null : Math.max(until, startedAt ?? until),
    below,
  }
}

const isSame = (a: Job, b: Job): boolean => a.stage === b.stage && a.name === b.name

/** The times of a pipeline, up to `now` by the server's clock for what has not ended. */
export function timedPipeline(pipeline: Pipeline, replaced: ReplacedJobs, now: number): TimedPipeline {
  const earlier = [...replaced(pipeline)].sort((a, b) => a.id - b.id)
  const stray = earlier.filter((job) => !pipeline.jobs.some((each) => isSame(each, job)))
  const jobs = [
    ...stray.map((job) => timedJob(job, true, replaced, now)),
    ...pipeline.jobs.flatMap((job) => [
      ...earlier.filter((each) => isSame(each, job)).map((each) => timedJob(each, true, replaced, now)),
      timedJob(job, false, replaced, now),
    ]),
  ]
  const times = jobs.flatMap(({ queuedAt, startedAt, until }) =>
    [queuedAt, startedAt, until].filter((at) => at !== null),
  )
  const since = toSecond(Math.min(pipeline.createdAt ?? pipeline.startedAt ?? Infinity, ...times, now))
  const ended = isFinished(pipeline.status) ? (pipeline.finishedAt ?? Math.max(since, ...times)) : now
  return { pipeline, since, until: Math.max(since, toSecond(ended)), jobs }
}

/** The last moment of a pipeline and of all that it has started: what is below may continue after its end. */
export function lastMoment({ until, jobs }: TimedPipeline): number {
  return Math.max(
    until,
    ...jobs.map((job) => Math.max(job.until ?? 0, job.below ? lastMoment(job.below) : 0)),
  )
}
