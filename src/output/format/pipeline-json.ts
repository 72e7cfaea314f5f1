import { errorObject } from '../../core/text/error-object.ts'
import type { Build } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { unreadReason } from '../../core/status.ts'
import type { Downstream, Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { escapeLine } from '../terminal/escape.ts'
import { jsonLine } from '../../core/text/json-line.ts'

/** The id and status of a pipeline as a line for scripts: `4711 success`. */
export function pipelineLine({ id, status }: Pipeline): string {
  return `${id} ${escapeLine(status)}\n`
}

/** The id and status of a job as a line for scripts: `9001 pending`. */
export function jobStatusLine({ id, status }: Job): string {
  return `${id} ${escapeLine(status ?? 'unknown')}\n`
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

const projectId = (project: string): number | string => (/^\d+$/.test(project) ? Number(project) : project)

/** A pipeline without its jobs, with GitLab's member names; null if unknown. Members are never removed. */
export function pipelineHead(pipeline: Pipeline): Record<string, unknown> {
  return {
    id: pipeline.id,
    kind: pipeline.kind,
    iid: pipeline.iid,
    project_id: projectId(pipeline.project),
    ref: pipeline.ref,
    sha: pipeline.sha,
    status: pipeline.status,
    has_warnings: pipeline.hasWarnings,
    source: pipeline.source,
    web_url: pipeline.webUrl,
    user: pipeline.user === null ? null : { username: pipeline.user },
    yaml_errors: pipeline.yamlErrors,
    created_at: time(pipeline.createdAt),
    started_at: time(pipeline.startedAt),
    finished_at: time(pipeline.finishedAt),
  }
}

/** A pipeline in a list of them, of which GitLab tells less. Members are never removed. */
export function listedPipelineObject(pipeline: Pipeline): Record<string, unknown> {
  const { id, iid, ref, sha, status, source, webUrl } = pipeline
  const place = { id, iid, project_id: projectId(pipeline.project), ref, sha }
  return { ...place, status, source, web_url: webUrl, created_at: time(pipeline.createdAt) }
}

/** A job or bridge, with GitLab's member names. Members are never removed. */
export function jobObject(job: Job): Record<string, unknown> {
  return {
    id: job.id,
    name: job.name,
    stage: job.stage,
    status: job.status,
    allow_failure: job.allowFailure,
    failure_reason: job.failureReason,
    waits: job.waits === '' ? null : job.waits,
    web_url: job.webUrl,
    tag_list: job.tags,
    created_at: time(job.createdAt),
    started_at: time(job.startedAt),
    finished_at: time(job.finishedAt),
    is_bridge: job.isBridge,
    downstream_pipeline: job.downstream && downstreamHead(job.downstream),
  }
}

function downstreamHead({ id, project, status, webUrl, hidden }: Downstream): Record<string, unknown> {
  return {
    id,
    project_id: projectId(project),
    status,
    web_url: webUrl,
    hidden: hidden === '' ? null : hidden,
  }
}

function treeOfJob(job: Job): Record<string, unknown> {
  const { downstream } = job
  if (!downstream?.pipeline) return jobObject(job)
  return { ...jobObject(job), downstream_pipeline: pipelineObject(downstream.pipeline) }
}

/**
 * A pipeline with its jobs; `downstream_pipeline` of a bridge nests the same object. `hidden` says why jobs
 * or a downstream pipeline could not be read. Members are never removed.
 */
export function pipelineObject(pipeline: Pipeline): Record<string, unknown> {
  const hidden = unreadReason(pipeline) || null
  return { ...pipelineHead(pipeline), hidden, jobs: pipeline.jobs.map(treeOfJob) }
}

/**
 * What `run` says of a pipeline beyond its own answer, as it was last seen: all null unless it was followed.
 * The id stays that of the answer, which on API v3 is a trigger request's.
 */
export function followedObject(build: Build | null, pipeline: Pipeline | null): Record<string, unknown> {
  if (!pipeline) return { ...notFollowed, yaml_errors: build?.yamlErrors ?? null }
  const hidden = unreadReason(pipeline) || null
  const seen = Object.entries({ ...pipelineHead(pipeline), hidden }).filter(
    ([name, value]) => !ofTheAnswer.has(name) && (value !== null || name in notFollowed),
  )
  return Object.fromEntries(seen)
}

const ofTheAnswer: ReadonlySet<string> = new Set(['id', 'kind', 'project_id'])

const notFollowed = {
  has_warnings: null,
  user: null,
  yaml_errors: null,
  created_at: null,
  started_at: null,
  finished_at: null,
  hidden: null,
}

/** A pipeline with its tree, what else a command knows of it, exit code and error, as one line of JSON. */
export function pipelineResult(
  pipeline: Pipeline,
  failure: TriggerError | undefined,
  secrets: Context['secrets'],
  more: Readonly<Record<string, unknown>> = {},
): string {
  const error = failure ? errorObject(failure) : null
  const end = { exit_code: failure?.exitCode ?? 0, error }
  return jsonLine({ ...pipelineObject(pipeline), ...more, ...end }, secrets)
}
