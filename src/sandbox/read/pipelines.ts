import { Halt, json, message } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import { pipelineLife } from '../life/life.ts'
import type { Life } from '../life/life.ts'
import type { Reading } from '../auth/reading.ts'
import { pipelineRow, pipelineShape } from '../shapes/pipeline.ts'
import type { Pipeline } from '../world/model.ts'
import { pipelineOf, pipelinesOf } from './find.ts'
import { paged } from './paging.ts'
import { sorted, wanted } from './pipeline-filters.ts'

function lifeOf(call: Call, pipeline: Pipeline): Life {
  return pipelineLife(pipeline, call)
}

/** `GET /pipelines` with its filters and order, without children unless they are asked for (facts 4.6); v3 lists whole pipelines, v4 their first fields. */
export function list({ call, project }: Reading): Answer {
  const rows = pipelinesOf(call, project)
    .filter(({ source }) => source !== 'parent_pipeline' || textParam(call, 'source') === source)
    .map((pipeline) => ({ pipeline, life: lifeOf(call, pipeline) }))
  const shape = call.api === 'v3' ? pipelineShape : pipelineRow
  return paged(call, sorted(call, wanted(call, rows)), ({ pipeline, life }) => shape(call, pipeline, life))
}

/** `GET /pipelines/:pipeline_id`. */
export function show({ call, project }: Reading): Answer {
  const pipeline = pipelineOf(call, project)
  return json(200, pipelineShape(call, pipeline, lifeOf(call, pipeline)))
}

/** `GET /pipelines/latest`: of a branch and of its newest commit; 403 when that has none (facts 4.1). */
export function latest({ call, project }: Reading): Answer {
  const name = textParam(call, 'ref') ?? project.defaultBranch
  const sha = project.refs.find((ref) => ref.name === name)?.sha
  const found = pipelinesOf(call, project).find(
    (pipeline) => pipeline.ref === name && pipeline.sha === sha && pipeline.source !== 'parent_pipeline',
  )
  if (found === undefined) throw new Halt(message(403, '403 Forbidden'))
  return json(200, pipelineShape(call, found, lifeOf(call, found)))
}

/** `GET /pipelines/:pipeline_id/variables`, which wants more than a public project gives away (facts 4.1). */
export function variables({ call, who, project }: Reading): Answer {
  const pipeline = pipelineOf(call, project)
  if (who.kind !== 'user') throw new Halt(message(403, '403 Forbidden'))
  const row = (key: string, value: string, type: string): unknown => ({
    variable_type: type,
    key,
    value,
    raw: false,
  })
  const payload = pipeline.payload === undefined ? [] : [row('TRIGGER_PAYLOAD', pipeline.payload, 'file')]
  return json(200, [...[...pipeline.variables].map(([key, value]) => row(key, value, 'env_var')), ...payload])
}
