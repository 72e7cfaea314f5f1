import { DeadlineError, TriggerError } from '../core/errors.ts'
import { withoutFullStop } from '../core/text/without-full-stop.ts'
import { unawaitedIn } from '../follow/unawaited.ts'
import { pipelineName } from '../follow/verdict.ts'
import type { WatchResult } from '../follow/watcher.ts'
import { LimitReached } from '../follow/within.ts'
import type { Reporter } from '../events.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { followedState, type FollowContext, type FollowedPipeline, type FollowResult } from './followed.ts'
import { howToContinue, howToRepair } from './next-command.ts'
import { exitUnlessStopped, type Cancellation } from './stop-following.ts'
import { unreadInWords, unreadParts } from './thorough-look.ts'

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
    hint: howToContinue(followed, pipeline, following),
    build: followedState(followed, pipeline),
    cause: error,
  })
}

/** Says, also on unattended runs, what a success does not say about pipelines downstream. */
async function warnOfUnawaited(pipeline: Pipeline, report: Reporter): Promise<void> {
  const unawaited = pipeline.status === 'success' ? unawaitedIn(pipeline) : []
  if (unawaited.length === 0) return
  const text = `${pipelineName(pipeline)} succeeded, but not all that is downstream of it: ${unawaited.join(', ')}.`
  await report({ type: 'warned', text, isGrave: true })
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
      const sentence = withoutFullStop(ending.sentence)
      const failure = new TriggerError({
        exit: canceled ? exitUnlessStopped('endNotSeen', context) : 'endNotSeen',
        message: canceled ? `${sentence}. ${canceled.sentence}` : sentence,
        hint: canceled ? canceled.hint : howToContinue(followed, pipeline, following),
        build: followedState(followed, pipeline),
      })
      return { pipeline: canceled?.pipeline ?? pipeline, failure }
    }
    case 'over': {
      const unread = ending.isGood ? unreadParts(ending.pipeline, following.plan) : []
      const isGood = ending.isGood && unread.length === 0
      const sentence =
        unread.length === 0
          ? ending.sentence
          : `${withoutFullStop(ending.sentence)}, but not all of it could be read: ${unreadInWords(unread)}.`
      await report({ type: 'over', pipeline: ending.pipeline, sentence, isGood, now: context.wallTime() })
      if (isGood) {
        await warnOfUnawaited(ending.pipeline, report)
        return { pipeline, failure: undefined }
      }
      const failure = new TriggerError({
        exit: unread.length === 0 ? 'buildFailed' : 'notWritten',
        message: withoutFullStop(sentence),
        hint: howToRepair(followed, ending.pipeline, following),
        build: followedState(followed, pipeline),
      })
      return { pipeline, failure }
    }
  }
}
