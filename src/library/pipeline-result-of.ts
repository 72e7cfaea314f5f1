import { unreadReason } from '../core/status.ts'
import type { Downstream, Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { DownstreamResult, JobResult, PipelineResult } from './pipeline-result.ts'

const orNull = (text: string): string | null => (text === '' ? null : text)

function downstreamResult({ id, project, status, webUrl, pipeline, hidden }: Downstream): DownstreamResult {
  const below = pipeline && pipelineResultOf(pipeline)
  return { id, project, status, webUrl, pipeline: below, hidden: orNull(hidden) }
}

function jobResult(job: Job): JobResult {
  const { id, name, stage, status, allowFailure, failureReason, waits, webUrl, tags } = job
  const { createdAt, startedAt, finishedAt, hasArtifacts, isBridge, downstream } = job
  return {
    ...{ id, name, stage, status, allowFailure, failureReason, waits: orNull(waits), webUrl, tags },
    ...{ createdAt, startedAt, finishedAt, hasArtifacts, isBridge },
    downstream: downstream && downstreamResult(downstream),
  }
}

/** A pipeline for callers of the library: plain data, with no part of the client in it. */
export function pipelineResultOf(pipeline: Pipeline): PipelineResult {
  const { kind, id, iid, project, ref, sha, status, source, webUrl, user, yamlErrors } = pipeline
  const { hasWarnings, createdAt, startedAt, finishedAt, jobs } = pipeline
  return {
    ...{ kind, id, iid, project, ref, sha, status, source, webUrl, user, yamlErrors },
    ...{ hasWarnings, createdAt, startedAt, finishedAt },
    jobs: jobs.map(jobResult),
    hidden: orNull(unreadReason(pipeline)),
  }
}
