import { Halt, json, message, notFound } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { jobLife, pipelineLife } from '../life/life.ts'
import type { Reading } from '../auth/reading.ts'
import { iso } from '../shapes/times.ts'
import { pipelineRow, userShape } from '../shapes/pipeline.ts'
import { has } from '../version/differences.ts'
import { artifactsOf } from '../artifacts/artifacts.ts'
import { commitShape } from './commits.ts'
import { idOf, jobsOf, pipelinesOf, scopesOf } from './find.ts'
import type { JobOf } from './find.ts'
import { paged } from './paging.ts'
import { traceAnswer } from './trace.ts'

const oldScopes = ['pending', 'running', 'failed', 'success', 'canceled']
const newScopes = ['created', ...oldScopes, 'skipped', 'manual']

const oldRunner = {
  id: 8,
  description: 'sandbox-runner',
  active: true,
  is_shared: true,
  name: 'gitlab-runner',
}

/** 8.5 makes the builds of a stage when the stage before has ended, and knows no status `created`. */
function exists(call: Call, { job, pipeline }: JobOf): boolean {
  if (has(call.gitlab, 'allBuildsAtOnce')) return true
  const { status } = jobLife(pipeline, job, call)
  return job === pipeline.jobs[0] || (status !== 'created' && status !== 'skipped')
}

function statusOf(call: Call, { job, pipeline }: JobOf): string {
  const { status } = jobLife(pipeline, job, call)
  return !has(call.gitlab, 'allBuildsAtOnce') && status === 'created' ? 'pending' : status
}

/** A v3 build: nothing in it tells which trigger it came from; `pipeline` only from 8.13 (docs/gitlab.md#1.3). */
export function buildShape(call: Call, found: JobOf): Record<string, unknown> {
  const { job, pipeline } = found
  const { file } = artifactsOf(call, found)
  const life = jobLife(pipeline, job, call)
  const row = pipelineRow({ ...call, gitlab: '8.17' }, pipeline, pipelineLife(pipeline, call))
  return {
    id: job.id,
    status: statusOf(call, found),
    stage: job.stage,
    name: job.name,
    ref: pipeline.ref,
    tag: pipeline.tag,
    coverage: null,
    created_at: iso(pipeline.createdAt),
    started_at: iso(life.startedAt),
    finished_at: iso(life.finishedAt),
    user: userShape(call, pipeline.username),
    commit: commitShape(call, pipeline.project, pipeline.sha),
    ...(file === undefined ? {} : { artifacts_file: file }),
    runner: life.startedAt === null ? null : oldRunner,
    ...(has(call.gitlab, 'buildsTellPipeline') ? { pipeline: row } : {}),
  }
}

function listed(call: Call, builds: JobOf[]): Answer {
  const scopes = scopesOf(call, has(call.gitlab, 'allBuildsAtOnce') ? newScopes : oldScopes)
  const wanted = builds.filter(
    (build) => exists(call, build) && (scopes.length === 0 || scopes.includes(statusOf(call, build))),
  )
  return paged(call, wanted, (build) => buildShape(call, build))
}

/** The build of a path. */
export function buildOf({ call, project }: Reading): JobOf {
  const id = idOf(call, 'build_id')
  const found = jobsOf(pipelinesOf(call, project)).find(({ job }) => job.id === id)
  if (found === undefined || !exists(call, found)) throw new Halt(notFound())
  return found
}

/** `GET /builds`, newest first. */
export function list({ call, project }: Reading): Answer {
  return listed(call, jobsOf(pipelinesOf(call, project)))
}

/** `GET /repository/commits/:sha/builds`: the whole SHA, of every pipeline that ran on it. */
export function ofCommit({ call, project }: Reading): Answer {
  const sha = call.path['sha']
  const pipelines = pipelinesOf(call, project).filter((pipeline) => pipeline.sha === sha)
  if (pipelines.length === 0 && !project.refs.some((ref) => ref.sha === sha)) {
    throw new Halt(message(404, '404 Commit Not Found'))
  }
  return listed(call, jobsOf(pipelines))
}

/** `GET /builds/:build_id`. */
export function show(reading: Reading): Answer {
  return json(200, buildShape(reading.call, buildOf(reading)))
}

/** `GET /builds/:build_id/trace`. */
export function trace(reading: Reading): Answer {
  return traceAnswer(reading.call, buildOf(reading))
}
