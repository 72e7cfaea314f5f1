import { isFinished } from '../core/status.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { verdictOf, type PipelineVerdict, type Policy } from './verdict.ts'

/** What is known of a pipeline that is followed. */
export interface Known {
  /** As it was last seen whole; undefined before that. */
  pipeline: Pipeline | undefined
  verdict: PipelineVerdict
}

/** Whether a pipeline itself is as it was seen before: its jobs are so, too. */
export const isAsBefore = ({ status, updatedAt }: Pipeline, before: Pipeline | undefined): boolean =>
  status === before?.status && updatedAt === before.updatedAt

/**
 * What is known where a limit cut a look short that had seen this of the pipeline itself: its jobs may be others by now. An
 * end counts unless it depends on the jobs under `policy`.
 */
export function judgeCutLook(
  seen: Pipeline,
  { pipeline: last, verdict }: Known,
  policy: Policy,
): Known & { pipeline: Pipeline } {
  // Nothing is new.
  if (last && verdict.kind === 'over' && isAsBefore(seen, last)) return { pipeline: last, verdict }
  const isOver = isFinished(seen.status)
  const cut = { ...seen, jobs: isOver ? [] : (last?.jobs ?? []), hidden: 'the time limit was reached' }
  const needsJobs = policy.play.length > 0 || policy.failOnWarnings
  const isTold = isOver && !(seen.status === 'success' && needsJobs)
  return { pipeline: cut, verdict: isTold ? verdictOf(cut, policy) : { kind: 'moving' } }
}

/** The same verdict, except of a success that was only derived from the jobs: it is none where no more looks follow. */
export function withoutGuess(verdict: PipelineVerdict, pipeline: Pipeline | undefined): PipelineVerdict {
  return verdict.kind === 'over' && verdict.isGood && pipeline?.isGuessed ? { kind: 'moving' } : verdict
}
