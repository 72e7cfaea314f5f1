import type { ServerSettings } from '../config/access.ts'
import { startBudget, type Budget } from '../core/budget.ts'
import type { Build, BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import type { TriggerError } from '../core/errors.ts'
import type { Reporter } from '../events.ts'
import type { TotalLimit } from '../follow/limits.ts'
import type { PollInterval } from '../follow/poll-interval.ts'
import type { Client } from '../gitlab/api/client.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { FollowSettings } from '../session/follow-settings.ts'
import { requestLimits } from '../session/retry-policy.ts'

/** A pipeline that is followed. */
export interface FollowedPipeline {
  client: Client
  source: PipelineSource
  /** The same pipeline, read with another client. */
  sourceFrom: (client: Client) => PipelineSource
  /** The build that this run has triggered; null where an earlier one did. */
  build: Build | null
  /** The id by which commands name it. */
  id: number
  access: ServerSettings
  interval: PollInterval
  /** The time by its server's clock, in ms since 1970; undefined where it has run before and what counts is a retry. */
  serverNow: (() => number) | undefined
  /** When it began to be followed, in ms since 1970. */
  since: number
  /** The limit of all that is read of it. It begins to count when it is not followed any more. */
  budget: Budget
}

/** Makes a pipeline that is to be followed, all of whose requests end with its budget. */
export function followedPipeline(
  of: Omit<FollowedPipeline, 'source' | 'budget'>,
  context: Context,
): FollowedPipeline {
  const budget = startBudget(context, Infinity)
  const client = of.client.within(requestLimits(context, budget))
  return { ...of, client, source: of.sourceFrom(client), budget }
}

/** What following needs besides the pipeline; the same for all that a command follows. */
export interface FollowContext extends FollowSettings {
  reports: EndReports
  context: Context
  report: Reporter
}

/** The limit for all that is done about a pipeline; undefined: there is none. */
export function totalOf(
  { since }: Pick<FollowedPipeline, 'since'>,
  { total }: Pick<FollowSettings, 'total'>,
): TotalLimit | undefined {
  return total && { since, ...total }
}

/** Prints the logs of a followed pipeline. */
export interface Logs {
  /** Takes note of the jobs that there are, also while others are still being printed. */
  note(pipeline: Pipeline): void
  /** Prints what is new. */
  pull(pipeline: Pipeline): Promise<void>
  /** Prints the rest when it has ended. Resolves to the names of what could not be read, which has been reported. */
  finish(pipeline: Pipeline): Promise<readonly string[]>
}

/** How following ended: the pipeline as it was last seen, and the error unless it is a success. */
export interface FollowResult {
  pipeline: Pipeline | undefined
  failure: TriggerError | undefined
  /** What of the logs was not printed; `failure` names it too. */
  unread?: TriggerError | undefined
}

/** Writes, for the job that runs us, how a followed pipeline ended. */
export interface EndReports {
  /** Resolves to the error for what could not be written or fetched. */
  ended(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
  /** The same for one that is not followed to its end: as it was last seen. */
  left(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
}

/** What an error about a followed pipeline says of it: the build that was triggered, or the pipeline as it was last read. */
export function followedState({ build }: FollowedPipeline, pipeline: Pipeline | undefined): BuildState {
  if (build) return { kind: 'triggered', build }
  return pipeline ? buildStateOf(pipeline) : { kind: 'none' }
}
