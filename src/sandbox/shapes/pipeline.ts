import type { Call } from '../http/call.ts'
import type { Life } from '../life/life.ts'
import { has } from '../version/differences.ts'
import type { Pipeline } from '../world/model.ts'
import { userNamed } from '../world/users.ts'
import { detailedStatus } from './detailed-status.ts'
import { iso, seconds } from './times.ts'

/** GitLab's basic user. */
export function userShape(call: Call, username: string): Record<string, unknown> {
  const { id, name, blocked } = userNamed(call.world.users, username)
  const shape = { id, username, name, state: blocked ? 'blocked' : 'active' }
  const links = { avatar_url: null, web_url: `${call.url}/${username}` }
  if (!has(call.gitlab, 'fullUsers')) return { ...shape, ...links }
  return { id, username, public_email: null, name, state: shape.state, locked: false, ...links }
}

/** The address of the page of a pipeline. */
export function pipelineUrl(call: Call, pipeline: Pipeline): string {
  const dash = has(call.gitlab, 'dashInUrls') ? '/-' : ''
  return `${call.url}/${pipeline.project.path}${dash}/pipelines/${pipeline.id}`
}

/** A pipeline inside a job, and the first fields of every other form; 10.3 knows fewer (facts 2.2). */
export function pipelineRow(call: Call, pipeline: Pipeline, life: Life): Record<string, unknown> {
  const common = { sha: pipeline.sha, ref: pipeline.ref, status: life.status }
  if (!has(call.gitlab, 'fullPipelines')) return { id: pipeline.id, ...common }
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

/** A whole pipeline, as the calls that create, cancel and retry one answer it (facts 2.2). */
export function pipelineShape(call: Call, pipeline: Pipeline, life: Life): Record<string, unknown> {
  const now = has(call.gitlab, 'fullPipelines')
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

/** A pipeline with its name, where the version has names: so in lists and by itself (facts 4.1). */
export function named(
  shape: (call: Call, pipeline: Pipeline, life: Life) => Record<string, unknown>,
): typeof shape {
  return (call, pipeline, life) => ({
    ...shape(call, pipeline, life),
    ...(has(call.gitlab, 'fullPipelines') ? { name: pipeline.name } : {}),
  })
}
