import { Halt, json, message } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Reader } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import type { Call } from '../http/call.ts'
import { booleanParam } from '../http/call.ts'
import { limitReads } from '../http/limits.ts'
import { jobLife, pipelineLife } from '../life/life.ts'
import { iso, seconds } from '../shapes/times.ts'
import { pipelineRow, userShape } from '../shapes/pipeline.ts'
import { has } from '../version/differences.ts'
import { artifactsOf } from '../artifacts/artifacts.ts'
import { commitShape } from './commits.ts'
import { jobOf, jobsOf, pipelineOf, pipelinesOf, scopesOf, statuses } from './find.ts'
import type { JobOf } from './find.ts'
import { byCursor, wantsKeyset } from './keyset.ts'
import { paged } from './paging.ts'
import { outsideJob } from '../world/outside-job.ts'
import { projectOf } from '../world/world.ts'

/** The runner that has a job; 10.3 tells less of it. */
function runnerShape(call: Call): Record<string, unknown> {
  const old = { id: 8, description: 'sandbox-runner', active: true, is_shared: true, name: 'gitlab-runner' }
  if (!has(call.gitlab, 'fullJobs')) return old
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
  if (!has(call.gitlab, 'fullJobs')) return shape
  const reason = job.plan.failureReason ?? 'script_failure'
  return {
    ...shape,
    allow_failure: job.plan.allowFailure ?? false,
    erased_at: iso(job.erasedAt),
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
  const { file, list, expireAt } = artifactsOf(call, found)
  const shape = {
    ...basicShape(call, found),
    ...(file === undefined ? {} : { artifacts_file: file }),
    runner,
  }
  if (!has(call.gitlab, 'fullJobs')) return shape
  return {
    ...shape,
    artifacts: list,
    runner_manager: null,
    artifacts_expire_at: iso(expireAt),
    archived: false,
    tag_list: found.job.plan.tags ?? [],
  }
}

/** The jobs in the statuses that the call asks for. */
function inScopes(call: Call, jobs: JobOf[]): JobOf[] {
  const scopes = scopesOf(call, statuses)
  return jobs.filter(
    ({ job, pipeline }) => scopes.length === 0 || scopes.includes(jobLife(pipeline, job, call).status),
  )
}

/** `GET /pipelines/:pipeline_id/jobs`; empty for the first reads when the sandbox was told so. */
export function ofPipeline({ call, project }: Reading): Answer {
  const pipeline = pipelineOf(call, project)
  const reads = (call.world.jobReads.get(pipeline.id) ?? 0) + 1
  call.world.jobReads.set(pipeline.id, reads)
  const all = booleanParam(call, 'include_retried') === true
  const kept = jobsOf([pipeline]).filter(({ job }) => all || !job.retried)
  const made = inScopes(call, kept)
  return paged(call, reads > call.jobsAfterPolls ? made : [], (job) => jobShape(call, job))
}

/** `GET /jobs` of a project, retried ones too, newest first; never counted, and by keyset if asked for. */
export function ofProject({ call, who, project }: Reading): Answer {
  limitReads(call, who, `jobs of ${project.id}`)
  const jobs = inScopes(call, jobsOf(pipelinesOf(call, project)))
  if (wantsKeyset(call)) {
    const rows = jobs.map((found) => ({ id: found.job.id, found }))
    return byCursor(call, rows, ({ found }) => jobShape(call, found))
  }
  return paged(call, jobs, (job) => jobShape(call, job), true)
}

/** `GET /jobs/:job_id`. */
export function show(reading: Reading): Answer {
  return json(200, jobShape(reading.call, jobOf(reading)))
}

/**
 * `GET /job`: the job whose token asks. It is a job of no pipeline of the sandbox, but of one that runs
 * elsewhere.
 */
export function ofToken(call: Call, who: Reader): Answer {
  const project = who.kind === 'job' ? projectOf(call.world, String(who.project)) : undefined
  if (who.kind !== 'job' || project === undefined) throw new Halt(message(404, '404 Job Not Found'))
  return json(200, jobShape(call, outsideJob(project, who.username, call.now)))
}
