import type { ApiError } from '../../gitlab/api/reader.ts'
import { unreadReason } from '../../core/status.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'

/** Jobs that could not be read, so that it is not known which logs there are. */
export interface HiddenJobs {
  /** Only what it has started downstream is not known: its own jobs are. */
  isDownstream: boolean
  pipelineId: number
  project: string
  why: string
  error: ApiError | undefined
}

/**
 * The pipelines whose jobs could not be read, of a pipeline and all that is downstream of it; `counts`
 * picks those that matter by the status of the pipeline.
 */
export function hiddenJobsIn(
  pipeline: Pipeline,
  counts: (status: string) => boolean = () => true,
): HiddenJobs[] {
  const { id, project, status, hidden, hiddenBy, jobs } = pipeline
  const part = {
    isDownstream: hidden === '',
    pipelineId: id,
    project,
    why: unreadReason(pipeline),
    error: hiddenBy,
  }
  const own = part.why === '' || !counts(status) ? [] : [part]
  const below = jobs.flatMap(({ downstream }): HiddenJobs[] => {
    if (!downstream) return []
    if (downstream.pipeline) return hiddenJobsIn(downstream.pipeline, counts)
    if (downstream.hidden === '' || !counts(downstream.status)) return []
    const { id: pipelineId, project: where, hidden: why, hiddenBy: error } = downstream
    return [{ isDownstream: false, pipelineId, project: where, why, error }]
  })
  return [...own, ...below]
}
