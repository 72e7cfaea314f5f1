import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { hasStarted, isFinished } from '../core/status.ts'
import { jobsWithPipelines } from './changes.ts'
import { standstill } from './standstill.ts'
import { pipelineName } from './verdict.ts'

/** The limit for a whole command, of which following a pipeline is a part. */
export interface TotalLimit {
  /** In ms, counted from `since` (ms since 1970). */
  ms: number
  since: number
  /** The flag that sets it. */
  flag: '--timeout' | '--batch-timeout'
}

/** Time limits for following a pipeline, in ms; undefined means no limit. */
export interface Limits {
  /** From the first poll until a job has started. */
  queueMs: number | undefined
  /** From the start of the pipeline until it ends. */
  runMs: number | undefined
  total: TotalLimit | undefined
  /** How long a failed pipeline is polled in case a user retries it. */
  retryGraceMs: number
}

/** Times of observed events, in ms since 1970. */
export interface Times {
  begin: number
  startedAt: number | undefined
  overSince: number | undefined
}

/** Whether a runner has taken any job of a pipeline; its own status tells it too, where its jobs could not be read. */
export function isStarted(pipeline: Pipeline): boolean {
  const { startedAt, status } = pipeline
  if (startedAt !== null || hasStarted(status)) return true
  return jobsWithPipelines(pipeline).some(({ job }) => hasStarted(job.status))
}

/** When a limit for everything has passed, in ms since 1970. */
export const endOf = (total: TotalLimit | undefined): number => (total ? total.since + total.ms : Infinity)

/** The next limit, in ms since 1970. */
export function deadlineOf(
  { queueMs = Infinity, runMs = Infinity, total, retryGraceMs }: Limits,
  { begin, startedAt, overSince }: Times,
): number {
  const partDeadline = startedAt === undefined ? begin + queueMs : startedAt + runMs
  return Math.min(endOf(total), overSince === undefined ? partDeadline : overSince + retryGraceMs)
}

/** A limit in words: `90 s`, `10 min`. */
export const durationInWords = (ms: number): string =>
  ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`

/** The sentence that says which limit was reached at `now`. `played` are the names of jobs of --play that were not over. */
export function limitSentence(
  pipeline: Pipeline,
  played: readonly string[],
  { queueMs, runMs, total }: Limits,
  { begin, startedAt }: Times,
  now: number,
): string {
  const name = pipelineName(pipeline)
  if (isFinished(pipeline.status)) {
    const what = played.length === 0 ? 'all below it was read' : `${played.join(', ')} (--play) had finished`
    return `${name} is ${pipeline.status}, but the time limit was reached before ${what}.`
  }
  const why = standstill(pipeline)
  const reason = why === '' ? '' : `: ${why}`
  if (startedAt === undefined && queueMs !== undefined && now - begin >= queueMs) {
    const state = why === '' ? `it is ${pipeline.status}` : why
    return `No job of ${name.replace(/^[PT]/, (letter) => letter.toLowerCase())} started within ${durationInWords(queueMs)}: ${state}.`
  }
  if (startedAt !== undefined && runMs !== undefined && now - startedAt >= runMs) {
    return `${name} has run for ${durationInWords(runMs)} and is still ${pipeline.status}${reason}.`
  }
  if (total?.flag === '--batch-timeout') {
    return `${name} is still ${pipeline.status} after the ${durationInWords(total.ms)} of the batch (--batch-timeout)${reason}.`
  }
  return `${name} is still ${pipeline.status} after ${durationInWords(total?.ms ?? now - begin)}${reason}.`
}
