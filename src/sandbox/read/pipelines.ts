import { isUser, can } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import { authorize, forbidden } from '../auth/reading.ts'
import { json } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import { pipelineLife } from '../life/life.ts'
import type { Life } from '../life/life.ts'
import { named, pipelineRow, pipelineShape } from '../shapes/pipeline.ts'
import type { Pipeline } from '../world/model.ts'
import { pipelineOf, pipelinesOf } from './find.ts'
import { paged } from './paging.ts'
import { sorted, wanted } from './pipeline-filters.ts'

function lifeOf(call: Call, pipeline: Pipeline): Life {
  return pipelineLife(pipeline, call)
}

function answerOf({ call }: Reading, pipeline: Pipeline): Answer {
  return json(200, named(pipelineShape)(call, pipeline, lifeOf(call, pipeline)))
}

/**
 * `GET /pipelines` with its filters and order, without children unless they are asked for (facts 4.6). v3
 * lists whole pipelines, v4 their first fields.
 */
export function list({ call, project }: Reading): Answer {
  const rows = pipelinesOf(call, project)
    .filter(({ source }) => source !== 'parent_pipeline' || textParam(call, 'source') === source)
    .map((pipeline) => ({ pipeline, life: lifeOf(call, pipeline) }))
  const shape = named(call.api === 'v3' ? pipelineShape : pipelineRow)
  return paged(call, sorted(call, wanted(call, rows)), ({ pipeline, life }) => shape(call, pipeline, life))
}

/** `GET /pipelines/:pipeline_id`. */
export function show(reading: Reading): Answer {
  const pipeline = pipelineOf(reading.call, reading.project)
  authorize(reading, 'read_pipeline')
  return answerOf(reading, pipeline)
}

/** `GET /pipelines/latest`: of a branch and of its newest commit; 403 when that has none (facts 4.1). */
export function latest(reading: Reading): Answer {
  const { call, project } = reading
  const name = textParam(call, 'ref') ?? project.defaultBranch
  const sha = project.refs.find((ref) => ref.name === name)?.sha
  const found = pipelinesOf(call, project).find(
    (pipeline) => pipeline.ref === name && pipeline.sha === sha && pipeline.source !== 'parent_pipeline',
  )
  if (found === undefined) throw forbidden()
  authorize(reading, 'read_pipeline')
  return answerOf(reading, found)
}

/** `PUT /pipelines/:pipeline_id/metadata`: gives a pipeline a name. */
export function rename(reading: Reading): Answer {
  const pipeline = pipelineOf(reading.call, reading.project)
  authorize(reading, 'update_pipeline')
  pipeline.name = textParam(reading.call, 'name') ?? null
  return answerOf(reading, pipeline)
}

/**
 * Whether the reader sees the variables of a pipeline: a maintainer, or a developer of their own (facts 4.3).
 */
function seesVariables({ who, project }: Reading, pipeline: Pipeline): boolean {
  if (can(who, 'admin_pipeline', project)) return true
  return isUser(who, pipeline.username) && can(who, 'update_pipeline', project)
}

/** A variable as GitLab shows it; only its own TRIGGER_PAYLOAD is raw. */
export function variableShape(key: string, value: string, type: string, raw = false): unknown {
  return { variable_type: type, key, value, raw }
}

/** `GET /pipelines/:pipeline_id/variables`. */
export function variables(reading: Reading): Answer {
  const pipeline = pipelineOf(reading.call, reading.project)
  if (!seesVariables(reading, pipeline)) throw forbidden()
  const own = [...pipeline.variables].map(([key, value]) =>
    variableShape(key, value, pipeline.files.has(key) ? 'file' : 'env_var'),
  )
  const { payload } = pipeline
  return json(200, [
    ...own,
    ...(payload === undefined ? [] : [variableShape('TRIGGER_PAYLOAD', payload, 'file', true)]),
  ])
}
