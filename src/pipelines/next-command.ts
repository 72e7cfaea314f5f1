import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { FollowContext, FollowedPipeline } from './followed.ts'

/** A command about the pipeline, ready to be pasted; undefined where it has no id that a command takes. */
export function commandAbout(
  verb: 'wait' | 'cancel' | 'retry',
  followed: FollowedPipeline,
  pipeline: Pipeline | undefined,
  { plan, suggest }: FollowContext,
): string | undefined {
  const { build, client, access } = followed
  const kind = pipeline?.kind ?? build?.kind ?? 'pipeline'
  if (kind === 'trigger_request') return undefined
  const id = pipeline?.id ?? followed.id
  // The number stays valid when a project is renamed.
  const project = pipeline?.project ?? client.target.project
  return suggest({ verb, id, project, access, ...(verb === 'wait' && { policy: plan }) })
}

/** The URL of a pipeline that did not succeed, and the command that runs its failed jobs again. */
export function howToRepair(
  followed: FollowedPipeline,
  pipeline: Pipeline,
  following: FollowContext,
): string {
  const page = pipeline.webUrl === null ? '' : `See ${pipeline.webUrl}`
  // One that its CI file has failed has no jobs to run again.
  const hasFailed = pipeline.hidden !== '' || pipeline.jobs.some(({ status }) => status === 'failed')
  const isRetried = following.suggestsRetry && pipeline.status === 'failed' && hasFailed
  const command = isRetried ? commandAbout('retry', followed, pipeline, following) : undefined
  return command === undefined ? page : `${page}${page && '. '}To run the failed jobs again: ${command}`
}

/** The hint with the command that continues where this one stopped. */
export function howToContinue(
  followed: FollowedPipeline,
  pipeline: Pipeline | undefined,
  following: FollowContext,
): string {
  const command = commandAbout('wait', followed, pipeline, following)
  return command === undefined
    ? 'Check the builds of the project; API v3 does not report which belong to it.'
    : `To resume waiting: ${command}`
}
