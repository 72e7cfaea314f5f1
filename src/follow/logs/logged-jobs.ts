import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { hasStarted } from '../../core/status.ts'

/** A job that has, or will have, a log. */
export interface LoggedJob {
  pipelineId: number
  /** As a client is opened for. */
  project: string
  jobId: number
  /** Behind the bridges that lead to it: `deploy > smoke_test`. */
  name: string
  status: string | null
  failureReason: string | null
  allowFailure: boolean
  webUrl: string | null
  /** It has been given to a runner, or was. */
  hasLog: boolean
}

function loggedJob(job: Job, { id, project }: Pipeline, name: string): LoggedJob {
  const { status, failureReason, allowFailure, webUrl, startedAt } = job
  return {
    pipelineId: id,
    project,
    jobId: job.id,
    name,
    status,
    failureReason,
    allowFailure,
    webUrl,
    // One that was canceled may have run before.
    hasLog: hasStarted(status) || startedAt !== null,
  }
}

/** The jobs of a pipeline and of what is downstream of it, each with the way to it. A bridge has no log. */
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

/** Whether a word names a job: its name, with or without the way to it, or its id. */
export function isNamed({ name, jobId }: LoggedJob, word: string): boolean {
  return name === word || name.endsWith(` > ${word}`) || String(jobId) === word
}
