import type { BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError, Interrupted, TriggerError } from '../core/errors.ts'
import { signalExits, type ExitName } from '../core/exit-codes.ts'
import { isFinished } from '../core/status.ts'
import { unawaitedIn } from '../follow/unawaited.ts'
import { jobsToPlay, pipelineName, verdictOf } from '../follow/verdict.ts'
import type { WatchResult } from '../follow/watcher.ts'
import { LimitReached } from '../follow/within.ts'
import type { Reporter } from '../events.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { cancelAndConfirm } from './cancel-pipeline.ts'
import type { FollowContext, FollowedPipeline, FollowResult } from './followed.ts'
import { unreadInWords, unreadParts } from './thorough-look.ts'

function stateOf({ build }: FollowedPipeline, pipeline: Pipeline | undefined): BuildState {
  if (build) return { kind: 'triggered', build }
  return pipeline ? buildStateOf(pipeline) : { kind: 'none' }
}

/** The exit of work that a signal may have cut short: that of the signal, where there was one. */
export function exitUnlessStopped(exit: ExitName, { interrupted: { reason } }: Context): ExitName {
  return reason instanceof Interrupted ? signalExits[reason.signal] : exit
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '')

/** A command about the pipeline, ready to be pasted; undefined where it has no id that a command takes. */
function commandAbout(
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

/** Where to look at a pipeline that did not succeed, and the command that runs its failed jobs again. */
function howToRepair(followed: FollowedPipeline, pipeline: Pipeline, following: FollowContext): string {
  const page = pipeline.webUrl === null ? '' : `See ${pipeline.webUrl}`
  const isRetried = following.suggestsRetry && pipeline.status === 'failed'
  const command = isRetried ? commandAbout('retry', followed, pipeline, following) : undefined
  return command === undefined ? page : `${page}${page && '. '}To run the failed jobs again: ${command}`
}

/** The hint with the command that continues where this one stopped. */
function howToGoOn(
  followed: FollowedPipeline,
  pipeline: Pipeline | undefined,
  following: FollowContext,
): string {
  const command = commandAbout('wait', followed, pipeline, following)
  return command === undefined
    ? 'Check the builds of the project; API v3 does not report which belong to it.'
    : `To resume waiting: ${command}`
}

/** The error for a pipeline that could not be read to its end (exit 8). */
function endNotSeen(
  followed: FollowedPipeline,
  { pipeline, error }: Extract<WatchResult, { kind: 'lost' }>,
  following: FollowContext,
): TriggerError {
  const why = error instanceof Error ? error.message : 'no answer'
  const isLate = error instanceof LimitReached || error instanceof DeadlineError
  const name = pipeline ? pipelineName(pipeline) : `Pipeline ${followed.id}`
  const subject = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
  const seen = pipeline ? `; it was ${pipeline.status} when it was last read` : ''
  return new TriggerError({
    exit: 'endNotSeen',
    message: isLate
      ? `${subject} did not finish in time: ${why}${seen}`
      : `the status of ${subject} could not be read: ${why}${seen}`,
    hint: howToGoOn(followed, pipeline, following),
    build: stateOf(followed, pipeline),
    cause: error,
  })
}

/** What became of canceling, as a sentence without its full stop, and a hint where the pipeline may continue. */
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
    sentence: withoutStop(result.sentence),
    hint: command === undefined ? '' : `To see how it is, or to try again: ${command}`,
    pipeline: result.pipeline,
  }
}

/** Says, also on unattended runs, what a success does not say about pipelines downstream. */
async function warnOfUnawaited(pipeline: Pipeline, report: Reporter): Promise<void> {
  const unawaited = pipeline.status === 'success' ? unawaitedIn(pipeline) : []
  if (unawaited.length === 0) return
  const text = `${pipelineName(pipeline)} succeeded, but not all that is downstream of it: ${unawaited.join(', ')}.`
  await report({ type: 'warned', text, isGrave: true })
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
 * Resolves to the result of a watch: exit 3 for a pipeline that did not succeed, 8 for one whose end was not
 * seen.
 */
export async function followResult(
  followed: FollowedPipeline,
  ending: WatchResult,
  canceled: Cancellation | undefined,
  following: FollowContext,
): Promise<FollowResult> {
  const { pipeline } = ending
  const { context, report } = following
  switch (ending.kind) {
    case 'lost':
      return { pipeline, failure: endNotSeen(followed, ending, following) }
    case 'limit': {
      const sentence = withoutStop(ending.sentence)
      const failure = new TriggerError({
        exit: canceled ? exitUnlessStopped('endNotSeen', context) : 'endNotSeen',
        message: canceled ? `${sentence}. ${canceled.sentence}` : sentence,
        hint: canceled ? canceled.hint : howToGoOn(followed, pipeline, following),
        build: stateOf(followed, pipeline),
      })
      return { pipeline: canceled?.pipeline ?? pipeline, failure }
    }
    case 'over': {
      const unread = ending.isGood ? unreadParts(ending.pipeline, following.plan) : []
      const isGood = ending.isGood && unread.length === 0
      const sentence =
        unread.length === 0
          ? ending.sentence
          : `${withoutStop(ending.sentence)}, but not all of it could be read: ${unreadInWords(unread)}.`
      await report({ type: 'over', pipeline: ending.pipeline, sentence, isGood, now: context.wallTime() })
      if (isGood) {
        await warnOfUnawaited(ending.pipeline, report)
        return { pipeline, failure: undefined }
      }
      const failure = new TriggerError({
        exit: unread.length === 0 ? 'buildFailed' : 'notWritten',
        message: withoutStop(sentence),
        hint: howToRepair(followed, ending.pipeline, following),
        build: stateOf(followed, pipeline),
      })
      return { pipeline, failure }
    }
  }
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
  const build = stateOf(followed, pipeline)
  const exit = signalExits[signal]
  if (following.plan.cancelOnInterrupt && signal !== 'SIGHUP') {
    const { sentence, hint, pipeline: now } = await cancel(followed, pipeline, following)
    const message = `stopped by ${signal}. ${sentence}`
    return { pipeline: now ?? pipeline, failure: new TriggerError({ exit, message, hint, build }) }
  }
  const message = `stopped by ${signal}; the pipeline is still running`
  const hint = howToGoOn(followed, pipeline, following)
  return { pipeline, failure: new TriggerError({ exit, message, hint, build }) }
}
