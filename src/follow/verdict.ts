import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { hasStarted, isFinished } from '../core/status.ts'
import { blockingJobs, isBlocked } from './blocked.ts'
import { jobsWithPipelines } from './changes.ts'
import { jobNames } from './job-names.ts'
import { unawaitedIn } from './unawaited.ts'

/** What counts as success, and what to do about manual jobs. */
export interface Policy {
  onManual: 'fail' | 'pass' | 'wait' | 'play'
  /** The names of manual jobs to start. */
  play: readonly string[]
  allowSkipped: boolean
  failOnWarnings: boolean
}

/** The result of judging a pipeline: unfinished (`moving`), or finished (`over`) with success or not. */
export type PipelineVerdict = { kind: 'moving' } | { kind: 'over'; isGood: boolean; sentence: string }

/** `Pipeline 12`, or the corresponding words for an API v3 trigger request. */
export function pipelineName({ kind, id }: Pick<Pipeline, 'kind' | 'id'>): string {
  return kind === 'pipeline' ? `Pipeline ${id}` : `The build of trigger request ${id}`
}

function failedJobs(root: Pipeline, isAllowed: boolean): Job[] {
  return jobsWithPipelines(root)
    .map(({ job }) => job)
    .filter(({ status, allowFailure, isBridge, downstream }) => {
      // The failure of a bridge is explained by the failed jobs of its downstream pipeline.
      const isExplainedDownstream =
        isBridge && (downstream?.pipeline?.jobs.some((job) => job.status === 'failed') ?? false)
      return status === 'failed' && allowFailure === isAllowed && !isExplainedDownstream
    })
}

const good = (sentence: string): PipelineVerdict => ({ kind: 'over', isGood: true, sentence })
const bad = (sentence: string): PipelineVerdict => ({ kind: 'over', isGood: false, sentence })

/** The jobs of --play that a tree lacks. Empty if part of it cannot be read, or it has no jobs. */
function missingJobs(root: Pipeline, play: readonly string[]): string[] {
  const jobs = jobsWithPipelines(root)
  const isHidden = [root, ...jobs.map(({ job, pipeline }) => job.downstream ?? pipeline)].some(
    ({ hidden }) => hidden !== '',
  )
  return isHidden || jobs.length === 0
    ? []
    : play.filter((name) => jobs.every(({ job }) => job.name !== name))
}

function ofSuccess(pipeline: Pipeline, policy: Policy, notStarted: readonly string[]): PipelineVerdict {
  const { failOnWarnings, play } = policy
  const missing = missingJobs(pipeline, play)
  if (missing.length > 0) {
    return bad(`${pipelineName(pipeline)} succeeded, but has no job ${missing.join(', ')} to play.`)
  }
  const waiting = jobsWithPipelines(pipeline).filter(
    ({ job: { status, name } }) => status === 'manual' && name !== null && notStarted.includes(name),
  )
  if (waiting.length > 0) {
    const which = jobNames(waiting.map(({ job }) => job))
    return bad(`${pipelineName(pipeline)} succeeded, but ${which} could not be started.`)
  }
  // A downstream pipeline that is not waited for may not have started yet.
  const toCome = liveJobs(pipeline).filter(
    ({ job: { status, name } }) =>
      name !== null && play.includes(name) && !isFinished(status) && status !== 'manual',
  )
  if (toCome.some(({ pipeline: own }) => !isFinished(own.status) && !isBlocked(own)))
    return { kind: 'moving' }
  if (toCome.length > 0)
    return bad(
      `${pipelineName(pipeline)} succeeded, but ${jobNames(toCome.map(({ job }) => job))} ${toCome.some(({ job }) => hasStarted(job.status)) ? 'has not ended' : 'did not run'}.`,
    )
  const allowed = failedJobs(pipeline, true)
  const unawaited = unawaitedIn(pipeline)
  const name = pipelineName(pipeline)
  if (allowed.length === 0 && unawaited.length === 0 && !pipeline.hasWarnings)
    return good(`${name} succeeded.`)
  const which = [
    ...(allowed.length === 0 ? [] : [`allowed to fail, and failed: ${jobNames(allowed)}`]),
    ...(unawaited.length === 0 ? [] : [`downstream: ${unawaited.join(', ')}`]),
  ]
  const sentence = `${[`${name} succeeded with warnings`, ...which].join('; ')}.`
  return failOnWarnings ? bad(sentence) : good(sentence)
}

function ofFailure(pipeline: Pipeline): PipelineVerdict {
  if (pipeline.yamlErrors !== null) return bad(`${pipelineName(pipeline)} failed: ${pipeline.yamlErrors}`)
  const failed = failedJobs(pipeline, false)
  return bad(`${pipelineName(pipeline)} failed${failed.length === 0 ? '' : `: ${jobNames(failed)}`}.`)
}

function ofBlocked(
  pipeline: Pipeline,
  { onManual, play }: Policy,
  notStarted: readonly string[],
): PipelineVerdict {
  if (onManual === 'wait') return { kind: 'moving' }
  const jobs = blockingJobs(pipeline)
  if (onManual === 'pass')
    return good(`${pipelineName(pipeline)} is waiting for manual action: ${jobNames(jobs) || 'a job'}.`)
  // Jobs of --play will be started by this program.
  const isPlayed = (name: string | null): boolean =>
    onManual === 'play' && name !== null && play.includes(name) && !notStarted.includes(name)
  const rest = jobs.filter(({ name }) => !isPlayed(name))
  if (rest.length === 0 && jobs.length > 0) return { kind: 'moving' }
  const [first] = rest
  const where = first?.webUrl ? ` at ${first.webUrl}` : ''
  const missing = missingJobs(pipeline, play)
  const also = missing.length === 0 ? '' : `; it has no job ${missing.join(', ')} to play`
  return bad(
    `${pipelineName(pipeline)} is waiting for manual action: ${jobNames(rest) || 'a job'}${where}${also}.`,
  )
}

/**
 * The result of a pipeline under a policy (docs/gitlab.md#4.2). Only `success` counts as success, `manual` does not
 * end by itself, and unknown statuses are unfinished. `notStarted` names jobs of --play that could not be
 * started.
 */
export function verdictOf(
  pipeline: Pipeline,
  policy: Policy,
  notStarted: readonly string[] = [],
): PipelineVerdict {
  switch (pipeline.status) {
    case 'success':
      return ofSuccess(pipeline, policy, notStarted)
    case 'failed':
      return ofFailure(pipeline)
    case 'canceled':
      return bad(`${pipelineName(pipeline)} was canceled.`)
    case 'skipped':
      return policy.allowSkipped
        ? good(`${pipelineName(pipeline)} was skipped.`)
        : bad(`${pipelineName(pipeline)} was skipped; no job ran.`)
    default:
      return isBlocked(pipeline) ? ofBlocked(pipeline, policy, notStarted) : { kind: 'moving' }
  }
}

/** The manual jobs of a tree that --play names and that may be started. */
export function jobsToPlay(root: Pipeline, { play }: Policy): { job: Job; pipeline: Pipeline }[] {
  return liveJobs(root).filter(
    ({ job: { status, name } }) => status === 'manual' && name !== null && play.includes(name),
  )
}

/**
 * The jobs of a tree without those of pipelines that were canceled or have failed, and of all below these. Manual
 * jobs of a successful pipeline are optional, and one that has no others is skipped.
 */
export function liveJobs(root: Pipeline): { job: Job; pipeline: Pipeline }[] {
  if (['canceled', 'failed'].includes(root.status)) return []
  const below = root.jobs.flatMap(({ downstream }) => downstream?.pipeline ?? [])
  return [...root.jobs.map((job) => ({ job, pipeline: root })), ...below.flatMap(liveJobs)]
}
