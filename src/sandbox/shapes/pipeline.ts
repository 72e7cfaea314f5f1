import type { Call } from '../http/call.ts'
import { detailedStatus } from './detailed-status.ts'
import type { Life } from '../life/life.ts'
import { iso, seconds } from './times.ts'
import { atLeast } from '../version/version.ts'
import type { Pipeline } from '../world/model.ts'

/** GitLab's basic user. */
export function userShape(call: Call, username: string): Record<string, unknown> {
  const shape = { id: 1, username, name: 'Seed User', state: 'active' }
  const links = { avatar_url: null, web_url: `${call.url}/${username}` }
  return atLeast(call.gitlab, '18.9')
    ? { ...shape, locked: false, public_email: null, ...links }
    : { ...shape, ...links }
}

/** The address of the page of a pipeline. */
export function pipelineUrl(call: Call, pipeline: Pipeline): string {
  const dash = atLeast(call.gitlab, '18.9') ? '/-' : ''
  return `${call.url}/${pipeline.project.path}${dash}/pipelines/${pipeline.id}`
}

/** A pipeline in a list, and the first fields of a whole one; 10.3 knows fewer (facts 2.2). */
export function pipelineRow(call: Call, pipeline: Pipeline, life: Life): Record<string, unknown> {
  const common = { sha: pipeline.sha, ref: pipeline.ref, status: life.status }
  if (!atLeast(call.gitlab, '18.9')) return { id: pipeline.id, ...common }
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    project_id: pipeline.project.id,
    ...common,
    source: pipeline.source,
    created_at: iso(pipeline.createdAt),
    updated_at: iso(life.updatedAt),
    web_url: pipelineUrl(call, pipeline),
  }
}

/** A whole pipeline, as the trigger call and `GET /pipelines/:id` answer it (facts 2.2). */
export function pipelineShape(call: Call, pipeline: Pipeline, life: Life): Record<string, unknown> {
  const now = atLeast(call.gitlab, '18.9')
  return {
    ...pipelineRow(call, pipeline, life),
    before_sha: '0'.repeat(40),
    tag: pipeline.tag,
    yaml_errors: pipeline.yamlErrors,
    user: userShape(call, pipeline.username),
    created_at: iso(pipeline.createdAt),
    updated_at: iso(life.updatedAt),
    started_at: iso(life.startedAt),
    finished_at: iso(life.finishedAt),
    committed_at: null,
    duration: seconds(life.startedAt, life.finishedAt),
    ...(now ? { queued_duration: seconds(pipeline.createdAt, life.startedAt) } : {}),
    coverage: null,
    ...(now ? { detailed_status: detailedStatus(pipelineUrl(call, pipeline), life), archived: false } : {}),
  }
}
