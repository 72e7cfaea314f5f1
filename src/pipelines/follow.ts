import type { Build } from '../core/build.ts'
import type { Access } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../core/context.ts'
import { Interrupted, type TriggerError } from '../core/errors.ts'
import type { Limits } from '../follow/limits.ts'
import type { Pace } from '../follow/poll-interval.ts'
import type { Start } from '../follow/manual-jobs.ts'
import { watch } from '../follow/watch.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { Source } from '../gitlab/pipelines/pipeline-tree.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ReadError } from '../gitlab/api/reader.ts'
import type { Reporter } from '../output/reporters/events.ts'
import { detach, followupOf } from './follow-result.ts'
import { patienceOf } from '../session/polling-policy.ts'
import { alsoLost } from '../reports/reports.ts'

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
  /** The same for one that is followed no more: as it was last seen. */
  left(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
}

/** The limits of a watch. */
function limitsOf({ plan, totalMs, since }: Followed): Limits {
  const { queueMs, runMs, retryGraceMs } = plan
  return { queueMs, runMs, retryGraceMs, totalMs, since }
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
    const { pipeline = last, failure } = await followupOf(followed, ending, context, report)
    if (ending.kind !== 'over') return await leave({ pipeline, failure }, client, reports, context, report)
    const untold = await reports.ended(ending.pipeline, client)
    return { pipeline, failure: alsoLost(failure, untold) }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    const followup = await detach(followed, error, last, context, report)
    return await leave(followup, client, reports, context, report)
  }
}

/** Tells of a pipeline that is followed no more, as it was last seen. */
async function leave(
  { pipeline, failure }: Followup,
  client: Client,
  reports: EndReports,
  context: Context,
  report: Reporter,
): Promise<Followup> {
  if (!pipeline) return { pipeline, failure }
  await report({ type: 'left', pipeline, now: context.now() })
  return { pipeline, failure: alsoLost(failure, await reports.left(pipeline, client)) }
}
