import { answer, Halt, json, message } from '../answer.ts'
import type { Answer } from '../answer.ts'
import type { Call } from '../call.ts'
import { jobLife } from '../life.ts'
import type { Reading } from '../auth.ts'
import { iso, seconds } from '../times.ts'
import { traceOf } from '../trace.ts'
import { pipelineRow, userShape } from '../v4-pipeline.ts'
import { pipelineLife } from '../life.ts'
import { commitShape } from './commits.ts'
import { idOf, jobsOf, pipelineOf, pipelinesOf, scopesOf, statuses } from './find.ts'
import type { JobOf } from './find.ts'
import { paged } from './paging.ts'

function jobShape(call: Call, { job, pipeline }: JobOf): Record<string, unknown> {
  const life = jobLife(pipeline, job, call.paceMs, call.now)
  return {
    id: job.id,
    status: life.status,
    stage: job.stage,
    name: job.name,
    ref: pipeline.ref,
    tag: pipeline.tag,
    coverage: null,
    allow_failure: false,
    created_at: iso(pipeline.createdAt),
    started_at: iso(life.startedAt),
    finished_at: iso(life.finishedAt),
    erased_at: null,
    duration: seconds(life.startedAt, life.finishedAt ?? (life.startedAt === null ? null : call.now)),
    queued_duration: life.startedAt === null ? null : call.paceMs / 1000,
    user: userShape(call, pipeline.username),
    commit: commitShape(call, pipeline.project, pipeline.sha),
    pipeline: pipelineRow(call, pipeline, pipelineLife(pipeline, call.paceMs, call.now)),
    ...(life.status === 'failed' ? { failure_reason: 'script_failure' } : {}),
    web_url: `${call.url}/${pipeline.project.path}/-/jobs/${job.id}`,
    artifacts: [],
    runner: null,
    runner_manager: null,
    artifacts_expire_at: null,
    archived: false,
    tag_list: [],
  }
}

function jobOf({ call, project }: Reading): JobOf {
  const id = idOf(call, 'job_id')
  const found = jobsOf(pipelinesOf(call, project)).find(({ job }) => job.id === id)
  if (found === undefined) throw new Halt(message(404, '404 Not found'))
  return found
}

/** `GET /pipelines/:pipeline_id/jobs`; empty for the first reads when the sandbox was told so. */
export function ofPipeline({ call, project }: Reading): Answer {
  const pipeline = pipelineOf(call, project)
  const scopes = scopesOf(call, statuses)
  const reads = (call.world.jobReads.get(pipeline.id) ?? 0) + 1
  call.world.jobReads.set(pipeline.id, reads)
  const made = reads > call.jobsAfterPolls ? jobsOf([pipeline]) : []
  const status = ({ job }: JobOf): string => jobLife(pipeline, job, call.paceMs, call.now).status
  const jobs = made.filter((job) => scopes.length === 0 || scopes.includes(status(job)))
  return paged(call, jobs, (job) => jobShape(call, job))
}

/** `GET /pipelines/:pipeline_id/bridges`: nothing here starts another pipeline yet. */
export function bridges({ call, project }: Reading): Answer {
  pipelineOf(call, project)
  scopesOf(call, statuses)
  return paged(call, [], () => null)
}

/** `GET /jobs/:job_id`. */
export function show(reading: Reading): Answer {
  return json(200, jobShape(reading.call, jobOf(reading)))
}

/** A log as GitLab sends it: plain text with a file name that is not offered for saving (observed-answers). */
export function traceAnswer(call: Call, { job, pipeline }: JobOf): Answer {
  const sent = answer(
    200,
    'text/plain',
    traceOf(pipeline, job, jobLife(pipeline, job, call.paceMs, call.now)),
  )
  sent.headers['content-disposition'] = `infile; filename="${job.id}.log"`
  return sent
}

/** `GET /jobs/:job_id/trace`; empty before the job starts. */
export function trace(reading: Reading): Answer {
  return traceAnswer(reading.call, jobOf(reading))
}
