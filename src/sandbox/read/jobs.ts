import { Halt, json, error } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import { jobLife, pipelineLife } from '../life/life.ts'
import { iso, seconds } from '../shapes/times.ts'
import { pipelineRow, userShape } from '../shapes/pipeline.ts'
import { atLeast } from '../version/version.ts'
import { artifactsOf } from '../artifacts/artifacts.ts'
import { commitShape } from './commits.ts'
import { jobOf, jobsOf, pipelineOf, pipelinesOf, scopesOf, statuses } from './find.ts'
import type { JobOf } from './find.ts'
import { paged } from './paging.ts'

/** The runner that has a job; 10.3 tells less of it. */
function runnerShape(call: Call): Record<string, unknown> {
  const old = { id: 8, description: 'sandbox-runner', active: true, is_shared: true, name: 'gitlab-runner' }
  if (!atLeast(call.gitlab, '18.9')) return old
  return {
    ...old,
    ip_address: null,
    paused: false,
    runner_type: 'instance_type',
    online: true,
    status: 'online',
  }
}

/** What jobs and bridges have in common; 10.3 knows fewer fields (facts 4.1). */
export function basicShape(call: Call, { job, pipeline }: JobOf): Record<string, unknown> {
  const life = jobLife(pipeline, job, call)
  const until = life.finishedAt ?? (life.startedAt === null ? null : call.now)
  const shape = {
    id: job.id,
    status: life.status,
    stage: job.stage,
    name: job.name,
    ref: pipeline.ref,
    tag: pipeline.tag,
    coverage: null,
    created_at: iso(job.bornAt === 0 ? pipeline.createdAt : (life.queuedAt ?? pipeline.touchedAt)),
    started_at: iso(life.startedAt),
    finished_at: iso(life.finishedAt),
    duration: seconds(life.startedAt, until),
    user: userShape(call, pipeline.username),
    commit: commitShape(call, pipeline.project, pipeline.sha),
    pipeline: pipelineRow(call, pipeline, pipelineLife(pipeline, call)),
  }
  if (!atLeast(call.gitlab, '18.9')) return shape
  const reason = job.plan.failureReason ?? 'script_failure'
  return {
    ...shape,
    allow_failure: job.plan.allowFailure ?? false,
    erased_at: null,
    queued_duration: seconds(life.queuedAt, life.startedAt ?? (life.queuedAt === null ? null : call.now)),
    ...(life.status === 'failed' ? { failure_reason: reason } : {}),
    web_url: `${call.url}/${pipeline.project.path}/-/jobs/${job.id}`,
    project: { ci_job_token_scope_enabled: false },
  }
}

/** A job; its runner is null until one has taken it. */
export function jobShape(call: Call, found: JobOf): Record<string, unknown> {
  const { startedAt } = jobLife(found.pipeline, found.job, call)
  const runner = startedAt === null ? null : runnerShape(call)
  const { file, list } = artifactsOf(call, found)
  const shape = {
    ...basicShape(call, found),
    ...(file === undefined ? {} : { artifacts_file: file }),
    runner,
  }
  if (!atLeast(call.gitlab, '18.9')) return shape
  return {
    ...shape,
    artifacts: list,
    runner_manager: null,
    artifacts_expire_at: null,
    archived: false,
    tag_list: found.job.plan.tags ?? [],
  }
}

function wanted(call: Call, jobs: JobOf[]): JobOf[] {
  const scopes = scopesOf(call, statuses)
  const retried = textParam(call, 'include_retried') ?? 'false'
  if (!['true', 'false', '1', '0'].includes(retried)) throw new Halt(error(400, 'include_retried is invalid'))
  const all = retried === 'true' || retried === '1'
  const kept = jobs.filter(({ job }) => all || !job.retried)
  return kept.filter(
    ({ job, pipeline }) => scopes.length === 0 || scopes.includes(jobLife(pipeline, job, call).status),
  )
}

/** `GET /pipelines/:pipeline_id/jobs`; empty for the first reads when the sandbox was told so. */
export function ofPipeline({ call, project }: Reading): Answer {
  const pipeline = pipelineOf(call, project)
  const reads = (call.world.jobReads.get(pipeline.id) ?? 0) + 1
  call.world.jobReads.set(pipeline.id, reads)
  const made = wanted(call, jobsOf([pipeline]))
  return paged(call, reads > call.jobsAfterPolls ? made : [], (job) => jobShape(call, job))
}

/** `GET /jobs` of a project, retried ones too, newest first. */
export function ofProject({ call, project }: Reading): Answer {
  const scopes = scopesOf(call, statuses)
  const jobs = jobsOf(pipelinesOf(call, project)).filter(
    ({ job, pipeline }) => scopes.length === 0 || scopes.includes(jobLife(pipeline, job, call).status),
  )
  return paged(call, jobs, (job) => jobShape(call, job))
}

/** `GET /jobs/:job_id`. */
export function show(reading: Reading): Answer {
  return json(200, jobShape(reading.call, jobOf(reading)))
}
