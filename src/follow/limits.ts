import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { hasStarted } from '../core/status.ts'
import { jobsWithPipelines } from './changes.ts'
import { pipelineName } from './verdict.ts'

/** How long each part of a watch may take, in ms; undefined: as long as it takes. */
export interface Limits {
  /** Until something of it has started. */
  queueMs: number | undefined
  /** From its start to its end. */
  runMs: number | undefined
  /** All of it, from `since` on (ms since 1970). */
  totalMs: number | undefined
  since: number
  /** How long one that did not succeed is looked at again, in case somebody retries it. */
  retryGraceMs: number
}

/** When what happened, as it was seen, in ms since 1970. */
export interface Times {
  begin: number
  startedAt: number | undefined
  overSince: number | undefined
}

/** Whether something of a pipeline has been given to a runner. */
export function isStarted(pipeline: Pipeline): boolean {
  return pipeline.startedAt !== null || jobsWithPipelines(pipeline).some(({ job }) => hasStarted(job.status))
}

/** When the next limit is reached, in ms since 1970. */
export function deadlineOf(
  { queueMs = Infinity, runMs = Infinity, totalMs = Infinity, since, retryGraceMs }: Limits,
  { begin, startedAt, overSince }: Times,
): number {
  const part = startedAt === undefined ? begin + queueMs : startedAt + runMs
  return Math.min(since + totalMs, overSince === undefined ? part : overSince + retryGraceMs)
}

const minutes = (ms: number): string => (ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`)

/** Why nothing of a pipeline has started, in words. */
function whyQueued(pipeline: Pipeline): string {
  const waiting = jobsWithPipelines(pipeline)
    .map(({ job }) => job)
    .filter(({ waits }) => waits !== '')
  const [first] = waiting
  if (first) return `${first.name ?? first.id} (${first.status ?? 'waiting'}): ${first.waits}`
  return `it is ${pipeline.status}${pipeline.jobs.length === 0 ? ', without jobs' : ''}`
}

/** Which limit was reached at `now`, as a sentence. */
export function limitSentence(
  pipeline: Pipeline,
  { queueMs, runMs, totalMs }: Limits,
  { begin, startedAt }: Times,
  now: number,
): string {
  const name = pipelineName(pipeline)
  if (startedAt === undefined && queueMs !== undefined && now - begin >= queueMs) {
    return `Nothing of ${name} has started within ${minutes(queueMs)}: ${whyQueued(pipeline)}.`
  }
  if (startedAt !== undefined && runMs !== undefined && now - startedAt >= runMs) {
    return `${name} has run for ${minutes(runMs)} and is still ${pipeline.status}.`
  }
  return `${name} is still ${pipeline.status} after ${minutes(totalMs ?? now - begin)}.`
}
