import type { Build, BuildState } from '../build.ts'
import type { Access } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../context.ts'
import { Interrupted, TriggerError } from '../errors.ts'
import { signalExits } from '../exit-codes.ts'
import type { Limits } from '../follow/limits.ts'
import type { Pace } from '../follow/pace.ts'
import type { Start } from '../follow/player.ts'
import { nameOf } from '../follow/verdict.ts'
import { watch, type Ending } from '../follow/watch.ts'
import type { Client } from '../gitlab/client.ts'
import type { Source } from '../gitlab/look.ts'
import type { Job, Pipeline } from '../gitlab/pipeline.ts'
import { ReadError } from '../gitlab/read.ts'
import type { Reporter } from '../output/events.ts'
import { buildStateOf } from './build-state.ts'
import { cancelAndLook } from './cancel-and-look.ts'
import { patienceOf } from './patience.ts'
import { commandFor } from './reattach.ts'
import { alsoLost } from './reports.ts'

/** A pipeline that is followed, and all that following it needs. */
export interface Followed {
  client: Client
  source: Source
  /** The same with another client. */
  sourceFrom: (client: Client) => Source
  /** The build that is followed; null where it was not triggered by this run. */
  build: Build | null
  /** How it is named in commands: its id and project. */
  id: number
  access: Access
  flags: RunFlags
  plan: FollowPlan
  pace: Pace
  /** The limit for all of it, in ms, from `since` on (ms since 1970). */
  totalMs: number | undefined
  since: number
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

/** What is told to the job that runs us, when a followed pipeline is over. */
export interface EndReports {
  /** Resolves to what could not be told. */
  ended(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
}

function stateOf({ build }: Followed, pipeline: Pipeline | undefined): BuildState {
  if (build) return { kind: 'triggered', build }
  return pipeline ? buildStateOf(pipeline) : { kind: 'none' }
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '')

/** A command about the pipeline, ready to be pasted; undefined where it has no id that a command takes. */
function commandAbout(verb: string, followed: Followed, pipeline: Pipeline | undefined): string | undefined {
  const { build, client, access, flags, plan } = followed
  const kind = pipeline?.kind ?? build?.kind ?? 'pipeline'
  if (kind === 'trigger_request') return undefined
  const id = pipeline?.id ?? followed.id
  // A number outlives a renamed project.
  const project = pipeline?.project ?? client.target.project
  return commandFor(verb, id, project, access, flags, verb === 'wait' ? plan : undefined)
}

/** The command that goes on where this one stopped. */
function howToGoOn(followed: Followed, pipeline: Pipeline | undefined): string {
  const command = commandAbout('wait', followed, pipeline)
  return command === undefined
    ? 'Look at the builds of the project; API v3 does not tell which are its own.'
    : `To go on waiting: ${command}`
}

/** What to do about a look that is refused: exit 8 where the pipeline is ours. */
function lost(followed: Followed, { pipeline, error }: Extract<Ending, { kind: 'lost' }>): TriggerError {
  const why = error instanceof Error ? error.message : 'no answer'
  const name = pipeline ? nameOf(pipeline) : `Pipeline ${followed.id}`
  const seen = pipeline ? `; it was ${pipeline.status} when it was last seen` : ''
  return new TriggerError({
    exit: 'endNotSeen',
    message: `the end of ${name.charAt(0).toLowerCase()}${name.slice(1)} was not seen: ${why}${seen}`,
    hint: howToGoOn(followed, pipeline),
    build: stateOf(followed, pipeline),
    cause: error,
  })
}

/** The limits of a watch. */
function limitsOf({ plan, totalMs, since }: Followed): Limits {
  const { queueMs, runMs, retryGraceMs } = plan
  return { queueMs, runMs, retryGraceMs, totalMs, since }
}

/** Cancels it; resolves to what became of it, and to a hint where it may go on. */
async function cancel(
  followed: Followed,
  pipeline: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<{ sentence: string; hint: string }> {
  const { target, dialect } = followed.client
  const { access, sourceFrom } = followed
  const name = nameOf(pipeline ?? followed.build ?? { kind: 'pipeline', id: followed.id })
  const what = { target, dialect, access, sourceFrom, name }
  const { sentence, isOver } = await cancelAndLook(what, pipeline, context, report)
  const command = isOver ? undefined : commandAbout('cancel', followed, pipeline)
  return {
    sentence: withoutStop(sentence),
    hint: command === undefined ? '' : `To see how it is, or to try again: ${command}`,
  }
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
      const { pipeline } = ending
      const sentence = withoutStop(ending.sentence)
      const canceled = followed.plan.cancelOnTimeout
        ? await cancel(followed, pipeline, context, report)
        : undefined
      return new TriggerError({
        exit: 'endNotSeen',
        message: canceled ? `${sentence}. ${canceled.sentence}` : sentence,
        hint: canceled ? canceled.hint : howToGoOn(followed, pipeline),
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
  if (followed.plan.cancelOnInterrupt && signal !== 'SIGHUP') {
    const { sentence, hint } = await cancel(followed, pipeline, context, report)
    return new TriggerError({ exit, message: `stopped by ${signal}. ${sentence}`, hint, build })
  }
  const message = `stopped by ${signal}; the pipeline goes on`
  return new TriggerError({ exit, message, hint: howToGoOn(followed, pipeline), build })
}

/** Starts a job that waits for a person, and tells of it. */
async function play(client: Client, job: Job, { project }: Pipeline, report: Reporter): ReturnType<Start> {
  const words = client.dialect.name === 'v3' ? 'builds' : 'jobs'
  const name = job.name ?? job.id
  try {
    await client.at(project).act('POST', `/${words}/${job.id}/play`)
    await report({ type: 'noted', text: `Started ${name}.` })
    return 'started'
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    const text = `${name} could not be started: ${error.message}`
    await report({ type: 'warned', text, isGrave: true })
    return error.isPassing ? 'unknown' : 'refused'
  }
}

/**
 * Follows a pipeline to its end and tells the reporter of every look. Resolves to the error to end with: exit 3 for one that did not succeed, 8
 * for one whose end was not seen, 128+n after a signal; undefined for success. Throws what the output throws.
 */
export async function follow(
  followed: Followed,
  logs: Logs | undefined,
  reports: EndReports,
  context: Context,
  report: Reporter,
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
        tick: context.stderr.isTTY ? () => report({ type: 'ticked', now: context.now() }) : undefined,
        play: (job, pipeline) => play(client, job, pipeline, report),
      },
      plan,
      limitsOf(followed),
      {
        ...patienceOf(context, plan.pollGraceMs),
        leastPauseMs: () => pace.pause(context.now(), 0),
      },
      pace,
    )
    if (ending.kind === 'over') await logs?.finish(ending.pipeline)
    const failure = await failureOf(followed, ending, context, report)
    const { pipeline = last } = ending
    if (pipeline && ending.kind !== 'over') await report({ type: 'left', pipeline, now: context.now() })
    const untold = ending.kind === 'over' ? await reports.ended(ending.pipeline, client) : undefined
    return { pipeline, failure: alsoLost(failure, untold) }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    const failure = await detach(followed, error, last, context, report)
    if (last) await report({ type: 'left', pipeline: last, now: context.now() })
    return { pipeline: last, failure }
  }
}
