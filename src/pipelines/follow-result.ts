import type { BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { TriggerError, type Interrupted } from '../core/errors.ts'
import { signalExits } from '../core/exit-codes.ts'
import { pipelineName } from '../follow/verdict.ts'
import type { WatchResult } from '../follow/watch.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { Reporter } from '../events.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { cancelAndConfirm } from './cancel-pipeline.ts'
import type { FollowResult } from './followed.ts'
import type { FollowedPipeline } from './followed.ts'
import { suggestedCommand } from './suggested-command.ts'

function stateOf({ build }: FollowedPipeline, pipeline: Pipeline | undefined): BuildState {
  if (build) return { kind: 'triggered', build }
  return pipeline ? buildStateOf(pipeline) : { kind: 'none' }
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '')

/** A command about the pipeline, ready to be pasted; undefined where it has no id that a command takes. */
function commandAbout(
  verb: string,
  followed: FollowedPipeline,
  pipeline: Pipeline | undefined,
): string | undefined {
  const { build, client, access, flags, plan } = followed
  const kind = pipeline?.kind ?? build?.kind ?? 'pipeline'
  if (kind === 'trigger_request') return undefined
  const id = pipeline?.id ?? followed.id
  // A number outlives a renamed project.
  const project = pipeline?.project ?? client.target.project
  return suggestedCommand(verb, id, project, access, flags, verb === 'wait' ? plan : undefined)
}

/** The command that goes on where this one stopped. */
function howToGoOn(followed: FollowedPipeline, pipeline: Pipeline | undefined): string {
  const command = commandAbout('wait', followed, pipeline)
  return command === undefined
    ? 'Look at the builds of the project; API v3 does not tell which are its own.'
    : `To go on waiting: ${command}`
}

/** What to do about a look that is refused: exit 8 where the pipeline is ours. */
function lost(
  followed: FollowedPipeline,
  { pipeline, error }: Extract<WatchResult, { kind: 'lost' }>,
): TriggerError {
  const why = error instanceof Error ? error.message : 'no answer'
  const name = pipeline ? pipelineName(pipeline) : `Pipeline ${followed.id}`
  const seen = pipeline ? `; it was ${pipeline.status} when it was last seen` : ''
  return new TriggerError({
    exit: 'endNotSeen',
    message: `the end of ${name.charAt(0).toLowerCase()}${name.slice(1)} was not seen: ${why}${seen}`,
    hint: howToGoOn(followed, pipeline),
    build: stateOf(followed, pipeline),
    cause: error,
  })
}

/** Cancels it; resolves to what became of it, and to a hint where it may go on. */
async function cancel(
  followed: FollowedPipeline,
  pipeline: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<{ sentence: string; hint: string; pipeline: Pipeline | undefined }> {
  const { target, dialect } = followed.client
  const { access, sourceFrom } = followed
  const name = pipelineName(pipeline ?? followed.build ?? { kind: 'pipeline', id: followed.id })
  const what = { target, dialect, access, sourceFrom, name }
  const { sentence, isOver, pipeline: now } = await cancelAndConfirm(what, pipeline, context, report)
  const command = isOver ? undefined : commandAbout('cancel', followed, pipeline)
  return {
    sentence: withoutStop(sentence),
    hint: command === undefined ? '' : `To see how it is, or to try again: ${command}`,
    pipeline: now,
  }
}

/** How a watch ended, after what the user wants done then: exit 3 for a pipeline that did not succeed, 8 for one whose end was not seen. */
export async function followResult(
  followed: FollowedPipeline,
  ending: WatchResult,
  context: Context,
  report: Reporter,
): Promise<FollowResult> {
  const { pipeline } = ending
  switch (ending.kind) {
    case 'lost':
      return { pipeline, failure: lost(followed, ending) }
    case 'limit': {
      const sentence = withoutStop(ending.sentence)
      const canceled = followed.plan.cancelOnTimeout
        ? await cancel(followed, pipeline, context, report)
        : undefined
      const failure = new TriggerError({
        exit: 'endNotSeen',
        message: canceled ? `${sentence}. ${canceled.sentence}` : sentence,
        hint: canceled ? canceled.hint : howToGoOn(followed, pipeline),
        build: stateOf(followed, pipeline),
      })
      return { pipeline: canceled?.pipeline ?? pipeline, failure }
    }
    case 'over': {
      const { sentence, isGood } = ending
      await report({ type: 'over', pipeline: ending.pipeline, sentence, isGood, now: context.now() })
      if (isGood) return { pipeline, failure: undefined }
      const failure = new TriggerError({
        exit: 'buildFailed',
        message: withoutStop(sentence),
        hint: ending.pipeline.webUrl === null ? '' : `See ${ending.pipeline.webUrl}`,
        build: stateOf(followed, pipeline),
      })
      return { pipeline, failure }
    }
  }
}

/** The process was told to end: detaches from the pipeline, or cancels it where that is wanted. */
export async function interrupted(
  followed: FollowedPipeline,
  { signal }: Interrupted,
  pipeline: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<FollowResult> {
  const build = stateOf(followed, pipeline)
  const exit = signalExits[signal]
  if (followed.plan.cancelOnInterrupt && signal !== 'SIGHUP') {
    const { sentence, hint, pipeline: now } = await cancel(followed, pipeline, context, report)
    const message = `stopped by ${signal}. ${sentence}`
    return { pipeline: now ?? pipeline, failure: new TriggerError({ exit, message, hint, build }) }
  }
  const message = `stopped by ${signal}; the pipeline goes on`
  const hint = howToGoOn(followed, pipeline)
  return { pipeline, failure: new TriggerError({ exit, message, hint, build }) }
}
