import type { Build, BuildState } from '../build.ts'
import type { Access } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../context.ts'
import { Interrupted, TriggerError } from '../errors.ts'
import { signalExits } from '../exit-codes.ts'
import type { Clock, Judgement } from '../follow/insist.ts'
import type { Pace } from '../follow/pace.ts'
import { nameOf } from '../follow/verdict.ts'
import { watch, type Ending, type Limits } from '../follow/watch.ts'
import type { Client } from '../gitlab/client.ts'
import type { Source } from '../gitlab/look.ts'
import type { Pipeline } from '../gitlab/pipeline.ts'
import { ReadError } from '../gitlab/read.ts'
import { wantedPause } from '../http/retry.ts'
import type { Reporter } from '../output/events.ts'
import { buildStateOf } from './build-state.ts'
import { cancelAndLook } from './cancel-and-look.ts'
import { commandFor } from './reattach.ts'

/** A pipeline that is followed, and all that following it needs. */
export interface Followed {
  client: Client
  source: Source
  /** The build that is followed; null where it was not triggered by this run. */
  build: Build | null
  /** How it is named in commands: its id and project. */
  id: number
  access: Access
  flags: RunFlags
  plan: FollowPlan
  pace: Pace
  /** The limit for all of it, in ms. */
  totalMs: number | undefined
}

/** The logs of a followed pipeline. */
export interface Logs {
  /** Prints what is new. */
  pull(pipeline: Pipeline): Promise<void>
  /** Prints the rest when it is over. */
  finish(pipeline: Pipeline): Promise<void>
}

/** How following ended: the pipeline as it was last seen, and the error unless it is a success. */
export interface Followup {
  pipeline: Pipeline | undefined
  failure: TriggerError | undefined
}

/** So many 404s in a row may be a replica of the database that lags behind. */
const mostNotFound = 3

/** Whether a fault of a look passes (T85): gateway errors, rate limits and lost connections do; 401, 403 and a lasting 404 do not. */
export function judgeLook(error: unknown, failures: number, now: number): Judgement | undefined {
  if (!(error instanceof ReadError)) return undefined
  if (error.isPassing) return { kind: 'passing', pauseMs: wantedPause(error, now) }
  if (error.status === 404 && failures <= mostNotFound) return { kind: 'passing', pauseMs: undefined }
  return { kind: 'final' }
}

/** The clock of a watch, which stops when the process is told to end. */
export function clockOf(context: Context, signal: AbortSignal = context.interrupted): Clock {
  return {
    now: () => context.now(),
    sleep: (ms) => context.sleep(ms, signal),
    alarm: (ms, expired) => context.alarm(ms, expired),
  }
}

function stateOf({ build }: Followed, pipeline: Pipeline | undefined): BuildState {
  if (build) return { kind: 'triggered', build }
  return pipeline ? buildStateOf(pipeline) : { kind: 'none' }
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '')

/** The command that goes on where this one stopped. */
function howToGoOn(followed: Followed): string {
  const { id, access, flags, client } = followed
  const onV3 = followed.build?.kind === 'trigger_request'
  if (onV3) return 'Look at the builds of the project; API v3 does not tell which are its own.'
  return `To go on waiting: ${commandFor('wait', id, client.target.project, access, flags)}`
}

/** What to do about a look that is refused: exit 8 where the pipeline is ours. */
function lost(followed: Followed, { pipeline, error }: Extract<Ending, { kind: 'lost' }>): TriggerError {
  const why = error instanceof Error ? error.message : 'no answer'
  const name = pipeline ? nameOf(pipeline) : `Pipeline ${followed.id}`
  const seen = pipeline ? `; it was ${pipeline.status} when it was last seen` : ''
  return new TriggerError({
    exit: 'endNotSeen',
    message: `the end of ${name.charAt(0).toLowerCase()}${name.slice(1)} was not seen: ${why}${seen}`,
    hint: howToGoOn(followed),
    build: stateOf(followed, pipeline),
    cause: error,
  })
}

/** The limits of a watch. */
function limitsOf({ plan, totalMs }: Followed): Limits {
  const { queueMs, runMs, retryGraceMs } = plan
  return { queueMs, runMs, retryGraceMs, totalMs }
}

async function failureOf(
  followed: Followed,
  ending: Ending,
  context: Context,
  report: Reporter,
): Promise<TriggerError | undefined> {
  switch (ending.kind) {
    case 'lost':
      return lost(followed, ending)
    case 'limit': {
      const { pipeline, sentence } = ending
      const canceled = followed.plan.cancelOnTimeout
        ? ` ${await cancelAndLook({ ...followed.client, ...followed }, pipeline, context, report)}`
        : ''
      return new TriggerError({
        exit: 'endNotSeen',
        message: `${withoutStop(sentence)}${canceled && `. ${withoutStop(canceled.trim())}`}`,
        hint: canceled === '' ? howToGoOn(followed) : '',
        build: stateOf(followed, pipeline),
      })
    }
    case 'over': {
      const { pipeline, sentence, isGood } = ending
      await report({ type: 'over', pipeline, sentence, isGood, now: context.now() })
      if (isGood) return undefined
      return new TriggerError({
        exit: 'buildFailed',
        message: withoutStop(sentence),
        hint: pipeline.webUrl === null ? '' : `See ${pipeline.webUrl}`,
        build: stateOf(followed, pipeline),
      })
    }
  }
}

/** The process was told to end: detaches from the pipeline, or cancels it where that is wanted. */
async function detach(
  followed: Followed,
  { signal }: Interrupted,
  pipeline: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<TriggerError> {
  const build = stateOf(followed, pipeline)
  const exit = signalExits[signal]
  if (followed.plan.cancelOnInterrupt && signal !== 'SIGHUP' && pipeline) {
    const message = `stopped by ${signal}. ${withoutStop(await cancelAndLook({ ...followed.client, ...followed }, pipeline, context, report))}`
    return new TriggerError({ exit, message, build })
  }
  const message = `stopped by ${signal}; the pipeline goes on`
  return new TriggerError({ exit, message, hint: howToGoOn(followed), build })
}

/**
 * Follows a pipeline to its end and tells the reporter of every look. Resolves to the error to end with: exit 3 for one that did not succeed, 8
 * for one whose end was not seen, 128+n after a signal; undefined for success. Throws what the output throws.
 */
export async function follow(
  followed: Followed,
  logs: Logs | undefined,
  context: Context,
  report: Reporter,
  isShowingTime: boolean,
): Promise<Followup> {
  const { client, source, plan, pace } = followed
  let last: Pipeline | undefined
  try {
    const ending = await watch(
      {
        look: () => source.look(),
        async saw(pipeline, changes, trouble) {
          last = pipeline
          await report({ type: 'looked', pipeline, changes, now: context.now(), trouble })
          await logs?.pull(pipeline)
        },
        tick: isShowingTime ? () => report({ type: 'ticked', now: context.now() }) : undefined,
        async play(job, pipeline) {
          const words = client.dialect.name === 'v3' ? 'builds' : 'jobs'
          try {
            await client.at(pipeline.project).act('POST', `/${words}/${job.id}/play`)
            await report({ type: 'noted', text: `Started ${job.name ?? job.id}.` })
          } catch (error) {
            if (!(error instanceof ReadError)) throw error
            const text = `${job.name ?? job.id} could not be started: ${error.message}`
            await report({ type: 'warned', text, isGrave: true })
          }
        },
      },
      plan,
      limitsOf(followed),
      {
        clock: clockOf(context),
        graceMs: plan.pollGraceMs,
        judge: (error, failures) => judgeLook(error, failures, context.now()),
        troubled: () => Promise.resolve(),
      },
      pace,
    )
    if (ending.kind === 'over') await logs?.finish(ending.pipeline)
    const { pipeline = last } = ending
    return { pipeline, failure: await failureOf(followed, ending, context, report) }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    return { pipeline: last, failure: await detach(followed, error, last, context, report) }
  }
}
