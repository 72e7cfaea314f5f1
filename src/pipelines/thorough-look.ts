import { jobsWithPipelines } from '../follow/changes.ts'
import { hiddenJobsIn, type HiddenJobs } from '../follow/logs/hidden-jobs.ts'
import type { Policy } from '../follow/verdict.ts'
import { isApiFailure } from '../gitlab/api/reader.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { PollPolicy } from '../http/retry/grace.ts'

/**
 * What of a pipeline that succeeded could not be read though the verdict depends on it: with --fail-on-warnings all that is downstream, and with
 * --play where a job of it may be.
 */
export function unreadParts(pipeline: Pipeline, { failOnWarnings, play }: Policy): HiddenJobs[] {
  if (pipeline.status !== 'success') return []
  const jobs = jobsWithPipelines(pipeline)
  const isMissing = play.some((name) => jobs.every(({ job }) => job.name !== name))
  return failOnWarnings || isMissing ? hiddenJobsIn(pipeline) : []
}

/** The parts in words, as `pipeline 12: 403 Forbidden`; of many the first few. */
export function unreadInWords(parts: readonly HiddenJobs[]): string {
  const shown = parts.slice(0, 5).map(({ pipelineId, why }) => `pipeline ${pipelineId}: ${why}`)
  return [...shown, ...(parts.length > shown.length ? [`${parts.length - shown.length} more`] : [])].join(
    ', ',
  )
}

/**
 * Makes the looks of a pipeline that is followed under a policy. What a success depends on, and could not be read, is read again, and more patiently;
 * what stays unreadable then, no more than once.
 */
export function thoroughLook(
  source: PipelineSource,
  policy: Policy,
): (poll: PollPolicy, onRoot: (root: Pipeline) => void) => Promise<Pipeline> {
  const given = new Set<number>()
  return async (poll, onRoot) => {
    const pipeline = await source.look(poll, onRoot)
    if (unreadParts(pipeline, policy).every(({ pipelineId }) => given.has(pipelineId))) return pipeline
    await poll.clock.sleep(poll.leastPauseMs(), poll.ended)
    const again = await source.look(poll, onRoot, true).catch((error: unknown) => {
      if (!isApiFailure(error)) throw error
      return pipeline
    })
    for (const { pipelineId } of unreadParts(again, policy)) given.add(pipelineId)
    return again
  }
}
