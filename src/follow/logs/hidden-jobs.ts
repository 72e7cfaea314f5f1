import type { ApiError } from '../../gitlab/api/reader.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'

/** Jobs that could not be read, so that it is not known which logs there are. */
export interface HiddenJobs {
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
  { id, project, status, hidden, bridgesHidden = '', hiddenBy, jobs }: Pipeline,
  counts: (status: string) => boolean = () => true,
): HiddenJobs[] {
  const why = hidden === '' ? bridgesHidden : hidden
  const own = why === '' || !counts(status) ? [] : [{ pipelineId: id, project, why, error: hiddenBy }]
  const below = jobs.flatMap(({ downstream }): HiddenJobs[] => {
    if (!downstream) return []
    if (downstream.pipeline) return hiddenJobsIn(downstream.pipeline, counts)
    if (downstream.hidden === '' || !counts(downstream.status)) return []
    const { id: pipelineId, project: where, hidden: why, hiddenBy: error } = downstream
    return [{ pipelineId, project: where, why, error }]
  })
  return [...own, ...below]
}
