import { error, Halt, message } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import type { Call } from '../http/call.ts'
import type { Declared } from '../params/declared.ts'
import type { Param } from '../params/tree.ts'
import { coerced } from '../params/tree.ts'
import type { Project } from '../world/projects.ts'
import { has } from '../version/differences.ts'
import type { Pipeline } from '../world/model.ts'
import type { Job } from '../world/model.ts'

/** A job with the pipeline it belongs to. */
export interface JobOf {
  job: Job
  pipeline: Pipeline
}

/** The number in a segment of the path; Grape refuses another text from 8.14 on. */
export function idOf(call: Call, name: string): number {
  const text = call.path[name] ?? ''
  if (!/^-?\d+$/.test(text) && has(call.gitlab, 'grapeValidation'))
    throw new Halt(error(400, `${name} is invalid`))
  return Number(text)
}

/** The pipelines of a project, newest first. */
export function pipelinesOf(call: Call, project: Project): Pipeline[] {
  return call.world.pipelines.filter((pipeline) => pipeline.project === project).reverse()
}

/** The pipeline of a path. Halts with 404 and a small f, as observed (observed-answers). */
export function pipelineOf(call: Call, project: Project): Pipeline {
  const id = idOf(call, 'pipeline_id')
  const found = pipelinesOf(call, project).find((pipeline) => pipeline.id === id)
  if (found === undefined) throw new Halt(message(404, '404 Not found'))
  return found
}

function newestFirst(pipelines: Pipeline[]): JobOf[] {
  return pipelines
    .flatMap((pipeline) => pipeline.jobs.map((job) => ({ job, pipeline })))
    .sort((one, other) => other.job.id - one.job.id)
}

/** The jobs of pipelines, retried ones too, newest first. */
export function jobsOf(pipelines: Pipeline[]): JobOf[] {
  return newestFirst(pipelines).filter(({ job }) => job.plan.downstream === undefined)
}

/** The bridges of a pipeline that no retry has replaced, newest first. */
export function bridgesOf(pipeline: Pipeline): JobOf[] {
  return newestFirst([pipeline]).filter(({ job }) => job.plan.downstream !== undefined && !job.retried)
}

function named(call: Call, jobs: JobOf[]): JobOf {
  const id = idOf(call, 'job_id')
  const found = jobs.find(({ job }) => job.id === id)
  if (found === undefined) throw new Halt(message(404, '404 Not found'))
  return found
}

/** The job of a path. */
export function jobOf({ call, project }: Reading): JobOf {
  return named(call, jobsOf(pipelinesOf(call, project)))
}

/** The job or bridge of a path. */
export function anyJobOf({ call, project }: Reading): JobOf {
  return named(call, newestFirst(pipelinesOf(call, project)))
}

function scopeTexts(param: Param | undefined): (string | undefined)[] {
  if (param === undefined || param === null) return []
  if (param instanceof Map) return [...param.values()].map((item) => coerced(item))
  return Array.isArray(param) ? param.map((item) => coerced(item)) : [coerced(param)]
}

/** The values of `scope` or `scope[]`, none for all; one that does not exist is refused. */
export function scopesOf(call: Call, allowed: readonly string[]): string[] {
  const scopes = scopeTexts(call.params.get('scope'))
  return scopes.map((scope) => {
    if (scope !== undefined && allowed.includes(scope)) return scope
    throw new Halt(
      has(call.gitlab, 'grapeValidation')
        ? error(400, 'scope does not have a valid value')
        : message(400, 'Scope contains invalid value(s)'),
    )
  })
}

/** The statuses of pipelines and jobs that a filter may name (facts 4.2). */
export const statuses = [
  'created',
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'success',
  'failed',
  'canceling',
  'canceled',
  'skipped',
  'manual',
  'scheduled',
] as const

/** The parameter that names the statuses of jobs to list. */
export const jobScope: Declared = { name: 'scope', type: 'strings', values: statuses }

/** The parameter that asks for retried jobs too. */
export const retriedToo: Declared = { name: 'include_retried', type: 'boolean', default: 'false' }
