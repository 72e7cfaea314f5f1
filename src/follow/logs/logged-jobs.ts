import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { hasStarted } from '../../core/status.ts'

/** A job that has a log or can get one. */
export interface LoggedJob {
  pipelineId: number
  /** The project as the API client expects it. */
  project: string
  jobId: number
  /** The job's name, after the names of the bridges that lead to it: `deploy > smoke_test`. */
  name: string
  status: string | null
  failureReason: string | null
  allowFailure: boolean
  webUrl: string | null
  /** When it ended, and when its log was erased, in ms since 1970; null where it was not or that is not known. */
  finishedAt: number | null
  erasedAt: number | null
  /** A runner has taken it, now or earlier. */
  hasLog: boolean
}

function loggedJob(job: Job, { id, project }: Pipeline, name: string): LoggedJob {
  const { status, failureReason, allowFailure, webUrl, startedAt, finishedAt, erasedAt } = job
  return {
    pipelineId: id,
    project,
    jobId: job.id,
    name,
    status,
    failureReason,
    allowFailure,
    webUrl,
    finishedAt,
    erasedAt,
    // A canceled job may have run before.
    hasLog: hasStarted(status) || startedAt !== null,
  }
}

/** The same job as a later look saw it. */
export function seenAgain(
  logged: LoggedJob,
  { status, failureReason, startedAt, finishedAt, erasedAt }: Job,
): LoggedJob {
  const hasLog = logged.hasLog || hasStarted(status) || startedAt !== null
  return { ...logged, status, failureReason, finishedAt, erasedAt, hasLog }
}

/** The jobs of a pipeline and its downstream pipelines, without bridges, which have no log. */
export function loggedJobsIn(pipeline: Pipeline, path = ''): LoggedJob[] {
  return pipeline.jobs.flatMap((job) => {
    const name = `${path}${job.name ?? job.id}`
    const below = job.downstream?.pipeline
    return [
      ...(job.isBridge ? [] : [loggedJob(job, pipeline, name)]),
      ...(below ? loggedJobsIn(below, `${name} > `) : []),
    ]
  })
}

/** Whether a word is the job's name (with or without the bridges' names) or id. */
export function isNamed({ name, jobId }: LoggedJob, word: string): boolean {
  return name === word || name.endsWith(` > ${word}`) || String(jobId) === word
}
