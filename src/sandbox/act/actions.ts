import { jobLines, latestJobs, runLine } from '../life/lines.ts'
import type { Time } from '../life/time.ts'
import { rootOf } from '../life/time.ts'
import type { Timeline } from '../life/timeline.ts'
import { changeAt, continued, idleStatuses, isEnd } from '../life/timeline.ts'
import type { JobPlan } from '../script/script.ts'
import { has } from '../version/differences.ts'
import type { World } from '../world/model.ts'
import type { Pipeline } from '../world/model.ts'
import type { Job } from '../world/model.ts'
import { jobFrom } from '../world/world.ts'

function lineOf(pipeline: Pipeline, job: Job): Timeline {
  return jobLines(pipeline).get(job) ?? []
}

/** The status of a job at a tick. */
export function statusOf(pipeline: Pipeline, job: Job, tick: number): string {
  return changeAt(lineOf(pipeline, job), tick).status
}

/**
 * Fixes the timelines of jobs that have begun, so that this change does not alter their past or their course; those of
 * the pipelines above too, except for the bridges that lead here.
 */
function pin(pipeline: Pipeline, tick: number, time: Time, bridge?: Job): void {
  rootOf(pipeline).touchedAt = time.now
  const lines = jobLines(pipeline)
  for (const job of latestJobs(pipeline)) {
    const line = lines.get(job) ?? []
    const mirrors = job.plan.downstream?.depend === true && !isEnd(changeAt(line, tick).status)
    if (job !== bridge && !mirrors && !idleStatuses.includes(changeAt(line, tick).status)) job.pinned = line
  }
  pipeline.statuses = undefined
  const { parent } = pipeline
  if (parent !== undefined) pin(parent.pipeline, tick + parent.at, time, parent.job)
}

/**
 * Whether GitLab cancels a job in a status: not one that waits for manual action, nor one that is being canceled
 * (S `has_status.rb`).
 */
function isCancelable(status: string): boolean {
  return !isEnd(status) && status !== 'manual' && status !== 'canceling'
}

/**
 * Whether a job can be played: one that waits for manual action or a time, or a manual one that can be retried.
 */
export function isPlayable(job: Job, status: string): boolean {
  if (status === 'manual' || status === 'scheduled') return true
  return (job.plan.when ?? 'on_success') !== 'on_success' && isRetryable(job, status)
}

/** Whether a job can be retried: it has run, and was not retried yet. */
export function isRetryable(job: Job, status: string): boolean {
  return !job.retried && isEnd(status) && status !== 'skipped'
}

/**
 * Cancels a job; one that runs is `canceling` for a tick on 18.9. Nothing happens to one that cannot be
 * canceled.
 */
export function cancelJob(world: World, pipeline: Pipeline, job: Job, tick: number, time: Time): void {
  const line = lineOf(pipeline, job)
  const { status } = changeAt(line, tick)
  if (!isCancelable(status) || job.retried) return
  pin(pipeline, tick, time)
  const slowly = status === 'running' && has(world.gitlab, 'canceling') && job.plan.downstream === undefined
  const more = slowly
    ? [
        { at: tick, status: 'canceling' },
        { at: tick + 1, status: 'canceled' },
      ]
    : [{ at: tick, status: 'canceled' }]
  job.pinned = continued(line, tick, more)
}

/** Cancels what can be canceled of a pipeline and of its children, not of pipelines in other projects. */
export function cancelPipeline(world: World, pipeline: Pipeline, tick: number, time: Time): void {
  if (pipeline.fixedStatus !== undefined && isCancelable(pipeline.fixedStatus)) {
    pipeline.fixedStatus = 'canceled'
    pipeline.touchedAt = time.now
  }
  for (const job of latestJobs(pipeline)) {
    const below = job.downstream
    if (below?.parent !== undefined && below.project === pipeline.project) {
      cancelPipeline(world, below, tick === Infinity ? Infinity : tick - below.parent.at, time)
    }
  }
  const lines = jobLines(pipeline)
  const wanted = latestJobs(pipeline).filter((job) =>
    isCancelable(changeAt(lines.get(job) ?? [], tick).status),
  )
  for (const job of wanted) cancelJob(world, pipeline, job, tick, time)
}

/** Puts a new job in the place of one that has ended, and returns it. */
export function retryJob(world: World, pipeline: Pipeline, job: Job, tick: number, time: Time): Job {
  const line = lineOf(pipeline, job)
  if (!isRetryable(job, changeAt(line, tick).status)) return job
  pin(pipeline, tick, time)
  job.pinned = continued(line, tick, [])
  job.retried = true
  const plan: JobPlan = { ...job.plan, ends: job.plan.endsAfterRetry ?? 'success' }
  delete plan.statuses
  const again = jobFrom(world, plan)
  again.bornAt = tick
  again.enqueued = true
  pipeline.jobs.splice(pipeline.jobs.indexOf(job) + 1, 0, again)
  return again
}

/** Retries every job that failed or was canceled; jobs that were skipped because of them run then. */
export function retryPipeline(world: World, pipeline: Pipeline, tick: number, time: Time): void {
  const lines = jobLines(pipeline)
  const bad = latestJobs(pipeline).filter((job) =>
    ['failed', 'canceled'].includes(changeAt(lines.get(job) ?? [], tick).status),
  )
  for (const job of bad) retryJob(world, pipeline, job, tick, time)
}

/** Starts a job that waits for manual action or a time. */
export function playJob(pipeline: Pipeline, job: Job, tick: number, time: Time): void {
  const line = lineOf(pipeline, job)
  pin(pipeline, tick, time)
  job.pinned = continued(line, tick, runLine(job, tick))
  job.enqueued = true
}
