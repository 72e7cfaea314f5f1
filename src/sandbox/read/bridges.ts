import type { Answer } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import type { Call } from '../http/call.ts'
import { jobLife, pipelineLife } from '../life/life.ts'
import { pipelineRow } from '../shapes/pipeline.ts'
import { bridgesOf, pipelineOf, scopesOf, statuses } from './find.ts'
import type { JobOf } from './find.ts'
import { basicShape } from './jobs.ts'
import { paged } from './paging.ts'

/** A bridge: a job without a runner and a log, and the pipeline that it has started or null (docs/gitlab.md#4.1). */
export function bridgeShape(call: Call, found: JobOf): Record<string, unknown> {
  const { downstream } = found.job
  return {
    ...basicShape(call, found),
    downstream_pipeline:
      downstream === undefined ? null : pipelineRow(call, downstream, pipelineLife(downstream, call)),
  }
}

/** `GET /pipelines/:pipeline_id/bridges`. */
export function list({ call, project }: Reading): Answer {
  const pipeline = pipelineOf(call, project)
  const scopes = scopesOf(call, statuses)
  const bridges = bridgesOf(pipeline).filter(
    ({ job }) => scopes.length === 0 || scopes.includes(jobLife(pipeline, job, call).status),
  )
  return paged(call, bridges, (bridge) => bridgeShape(call, bridge))
}
