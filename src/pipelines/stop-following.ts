import type { Context } from '../core/context.ts'
import { Interrupted, TriggerError } from '../core/errors.ts'
import { signalExits, type ExitName } from '../core/exit-codes.ts'
import { isFinished } from '../core/status.ts'
import { withoutFullStop } from '../core/text/without-full-stop.ts'
import { jobsToPlay, pipelineName, verdictOf } from '../follow/verdict.ts'
import type { WatchResult } from '../follow/watcher.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { cancelAndConfirm } from './cancel-pipeline.ts'
import { followedState, type FollowContext, type FollowedPipeline, type FollowResult } from './followed.ts'
import { commandAbout, howToContinue } from './next-command.ts'

/** The exit of work that a signal may have cut short: that of the signal, where there was one. */
export function exitUnlessStopped(exit: ExitName, { interrupted: { reason } }: Context): ExitName {
  return reason instanceof Interrupted ? signalExits[reason.signal] : exit
}

/** The result of canceling, as a sentence without its full stop, and a hint where the pipeline may continue. */
export interface Cancellation {
  sentence: string
  hint: string
  pipeline: Pipeline | undefined
}

async function cancel(
  followed: FollowedPipeline,
  pipeline: Pipeline | undefined,
  following: FollowContext,
): Promise<Cancellation> {
  const { target, dialect } = followed.client
  const { access, sourceFrom, interval } = followed
  const { context, report } = following
  const name = pipelineName(pipeline ?? followed.build ?? { kind: 'pipeline', id: followed.id })
  const result = await cancelAndConfirm(
    { target, dialect, access, sourceFrom, interval, name },
    pipeline,
    context,
    report,
  )
  const command = result.isOver ? undefined : commandAbout('cancel', followed, pipeline, following)
  return {
    sentence: withoutFullStop(result.sentence),
    hint: command === undefined ? '' : `To see how it is, or to try again: ${command}`,
    pipeline: result.pipeline,
  }
}

/** Cancels a pipeline whose limit was reached where the plan wants that; resolves to undefined where not. */
export async function cancelAtLimit(
  followed: FollowedPipeline,
  ending: WatchResult,
  following: FollowContext,
): Promise<Cancellation | undefined> {
  if (ending.kind !== 'limit' || !following.plan.cancelOnTimeout) return undefined
  return cancel(followed, ending.pipeline, following)
}

/**
 * How following ended, where canceling has shown more: a pipeline that had come to its end before is judged by
 * that, since it was not canceled.
 */
export function endAfterCancel(
  ending: WatchResult,
  canceled: Cancellation | undefined,
  { plan }: FollowContext,
): WatchResult {
  const pipeline = canceled?.pipeline
  if (!pipeline || !isFinished(pipeline.status) || pipeline.status === 'canceled') return ending
  // What --play was to start did not run.
  if (jobsToPlay(pipeline, plan).length > 0) return ending
  const verdict = verdictOf(pipeline, plan)
  return verdict.kind === 'over' ? { ...verdict, pipeline } : ending
}

/**
 * Resolves to the result of following that a signal has ended: leaves the pipeline running, or cancels it
 * where the plan wants that.
 */
export async function interrupted(
  followed: FollowedPipeline,
  { signal }: Interrupted,
  pipeline: Pipeline | undefined,
  following: FollowContext,
): Promise<FollowResult> {
  const build = followedState(followed, pipeline)
  const exit = signalExits[signal]
  if (following.plan.cancelOnInterrupt && signal !== 'SIGHUP') {
    const { sentence, hint, pipeline: now } = await cancel(followed, pipeline, following)
    const message = `stopped by ${signal}. ${sentence}`
    return { pipeline: now ?? pipeline, failure: new TriggerError({ exit, message, hint, build }) }
  }
  const message = `stopped by ${signal}; the pipeline is still running`
  const hint = howToContinue(followed, pipeline, following)
  return { pipeline, failure: new TriggerError({ exit, message, hint, build }) }
}
