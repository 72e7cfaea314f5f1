import type { Downstream, Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'

/** Whether a pipeline, or a downstream pipeline that it waits for, only continues after a manual job. */
export function isBlocked({ status, jobs }: Pipeline): boolean {
  if (status === 'manual' || isFinished(status)) return status === 'manual'
  // A bridge with `strategy: depend` keeps running while its downstream pipeline waits for a manual job.
  const moving = jobs.filter((job) => !isFinished(job.status) && !inactive.includes(job.status ?? ''))
  return (
    moving.length > 0 && moving.every(({ downstream }) => downstream !== null && isBlockedBelow(downstream))
  )
}

/** Statuses of jobs that wait for a person or for other jobs. */
const inactive = ['created', 'manual']

function isBlockedBelow({ pipeline, status }: Downstream): boolean {
  return pipeline ? isBlocked(pipeline) : status === 'manual'
}

/** The manual jobs that block a pipeline, including downstream ones. Jobs with allow_failure do not block. */
export function blockingJobs({ jobs }: Pipeline): Job[] {
  return jobs.flatMap((job): Job[] => {
    const { downstream, status, allowFailure } = job
    if (downstream && !isFinished(status) && isBlockedBelow(downstream)) {
      const below = downstream.pipeline ? blockingJobs(downstream.pipeline) : []
      return below.length > 0 ? below : [job]
    }
    return status === 'manual' && !allowFailure ? [job] : []
  })
}
