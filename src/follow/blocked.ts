import type { Downstream, Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'

/** Whether a pipeline, or a downstream pipeline that it waits for, only continues after a manual job. */
export function isBlocked({ status, jobs, hidden, bridgesHidden = '', isGuessed }: Pipeline): boolean {
  if (status === 'manual' || isFinished(status)) return status === 'manual'
  const moving = jobs.filter((job) => !isFinished(job.status) && !inactive.includes(job.status ?? ''))
  // A bridge with `strategy: depend` keeps running while its downstream pipeline waits for a manual job.
  if (moving.length > 0)
    return moving.every(({ downstream }) => downstream !== null && isBlockedBelow(downstream))
  // GitLab calls it running while jobs are left that need an optional manual job. Jobs may be missing from a guess.
  const isKnown = status === 'running' && hidden + bridgesHidden === '' && !isGuessed
  const has = (wanted: string): boolean => jobs.some((job) => job.status === wanted)
  return isKnown && has('manual') && (has('created') || jobs.some(isBlocking))
}

/** Statuses of jobs that wait for manual action or for other jobs. */
const inactive = ['created', 'manual']

const isBlocking = ({ status, allowFailure }: Job): boolean => status === 'manual' && !allowFailure

function isBlockedBelow({ pipeline, status }: Downstream): boolean {
  return pipeline ? isBlocked(pipeline) : status === 'manual'
}

/**
 * The manual jobs that block a pipeline, including downstream ones. Jobs with allow_failure do not block, unless
 * nothing else could start the rest.
 */
export function blockingJobs({ jobs }: Pipeline): Job[] {
  const blocking = jobs.flatMap((job): Job[] => {
    const { downstream, status } = job
    if (downstream && !isFinished(status) && isBlockedBelow(downstream)) {
      const below = downstream.pipeline ? blockingJobs(downstream.pipeline) : []
      return below.length > 0 ? below : [job]
    }
    return isBlocking(job) ? [job] : []
  })
  return blocking.length > 0 ? blocking : jobs.filter(({ status }) => status === 'manual')
}
