import { isFinished } from '../core/status.ts'
import type { Downstream, Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { jobNames } from './job-names.ts'

/** What is known of a downstream pipeline that failed or still runs, in words; '' of any other. */
function stateOf({ status, pipeline }: Downstream): string {
  if (['success', 'skipped', 'manual'].includes(status)) return ''
  const failed = (pipeline?.jobs ?? []).filter((job) => job.status === 'failed' && !job.allowFailure)
  if (status === 'failed') return failed.length === 0 ? 'failed' : `failed: ${jobNames(failed)}`
  return status === 'canceled' ? 'was canceled' : `is still ${status}`
}

/**
 * The downstream pipelines of a pipeline that has ended, as far as they failed, were canceled or have not ended, each in
 * words: its success is no proof of theirs where no trigger job waits for them (`strategy: depend`), or where
 * that job may fail. `path` names the trigger jobs above.
 */
export function unawaitedIn({ status, jobs }: Pipeline, path = ''): string[] {
  return jobs.flatMap(({ name, id, downstream }: Job): string[] => {
    if (!downstream) return []
    const way = `${path}${name ?? id}`
    // A pipeline that has not ended is no news below one that has not ended either.
    const state = isFinished(status) ? stateOf(downstream) : ''
    const own = state === '' ? [] : [`pipeline ${downstream.id} (${way}) ${state}`]
    return [...own, ...(downstream.pipeline ? unawaitedIn(downstream.pipeline, `${way} > `) : [])]
  })
}
