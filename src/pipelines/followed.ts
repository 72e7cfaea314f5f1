import type { ServerSettings } from '../config/access.ts'
import type { RunFlags } from '../config/flags.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { Build } from '../core/build.ts'
import type { TriggerError } from '../core/errors.ts'
import type { PollInterval } from '../follow/poll-interval.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'

/** A pipeline that is followed, and all that following it needs. */
export interface FollowedPipeline {
  client: Client
  source: PipelineSource
  /** The same with another client. */
  sourceFrom: (client: Client) => PipelineSource
  /** The build that is followed; null where it was not triggered by this run. */
  build: Build | null
  /** How it is named in commands: its id and project. */
  id: number
  access: ServerSettings
  flags: RunFlags
  plan: FollowPlan
  pace: PollInterval
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
export interface FollowResult {
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
