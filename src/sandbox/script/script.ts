import type { Fault } from '../http/faults.ts'
import type { Statuses } from '../life/timeline.ts'

/** The log of a job. */
export interface LogPlan {
  /** The middle of the log, in place of a few usual lines. */
  text?: string
  /** A log of at least this many bytes, made while it is sent and never held. */
  bytes?: number
}

/** The pipeline that a bridge starts. */
export interface DownstreamPlan {
  /** A number; without one it is a child pipeline of the same project. */
  project?: number
  /** The default branch of another project, the ref of the parent for a child. */
  ref?: string
  /** `strategy: depend`: the bridge ends when, and as, the downstream pipeline does. */
  depend?: boolean
  /** The jobs below, bridges among them; the usual three by default. */
  jobs?: readonly JobPlan[]
  /** What other users do to it, counted from its own start. */
  others?: readonly Action[]
}

/** A job as a CI file would describe it. Durations are in ticks: steps of the clock, or polls. */
export interface JobPlan {
  name: string
  stage: string
  script?: string
  allowFailure?: boolean
  when?: 'on_success' | 'manual' | 'delayed'
  /** How long a delayed job stays `scheduled`, 3 by default. */
  delay?: number
  /** Statuses before `pending`, one tick each, such as `preparing` or `waiting_for_resource`. */
  before?: readonly string[]
  /** How long it is pending, 1 by default. */
  waits?: number
  /** How long it runs, 1 by default. */
  runs?: number
  /** The status it ends with, `success` by default. */
  ends?: string
  /** The status it ends with when it has been retried, `success` by default. */
  endsAfterRetry?: string
  /** In place of `script_failure`. */
  failureReason?: string
  tags?: readonly string[]
  /** No runner ever takes it. */
  stuck?: boolean
  /** Its statuses, in place of a computed timeline. */
  statuses?: Statuses
  log?: LogPlan
  /** A zip archive when it ends; `evil` holds paths that lead out of the folder in which it is unpacked. */
  artifacts?: 'package' | 'evil'
  /** That archive, byte for byte. */
  archive?: Buffer
  /** How long after its end its artifacts expire, in ms; 30 days by default. */
  artifactsExpireInMs?: number
  downstream?: DownstreamPlan
  /** Whether it runs in debug mode: only developers may read its log then. */
  debug?: boolean
}

/** Something that another user does at the nth poll (or step of the clock), counting from 1. */
export interface Action {
  at: number
  do: 'cancel' | 'retry' | 'play'
  /** The name of a job; the whole pipeline without it. */
  job?: string
}

/**
 * The course of a pipeline as data. Everything is optional; an empty script is the usual three jobs, moved by
 * polls.
 */
export interface Script {
  /** What it does, in a few words for people. */
  plays?: string
  /**
   * What moves it: `polls` (by default) or the `clock`. A poll is a round of reads of the pipeline, its jobs,
   * its bridges or their logs; a new one begins when the same resource is read again, or the pipeline is
   * changed. The first poll sees the status `created`.
   */
  by?: 'polls' | 'clock'
  /** All jobs, in place of the usual three. */
  jobs?: readonly JobPlan[]
  /**
   * Changes to jobs by their names; an unknown name adds a job, in a stage of its name unless it says
   * another.
   */
  job?: Readonly<Record<string, Partial<JobPlan>>>
  /** The first job of this stage fails. */
  failsInStage?: string
  /** The first job of all wants these tags, which no runner has. */
  stuckWithoutRunner?: readonly string[]
  /** Jobs that wait for manual action and block what comes after. */
  manual?: readonly string[]
  /** Jobs that wait for manual action and do not block. */
  manualMayFail?: readonly string[]
  /** Delayed jobs, and for how long. */
  scheduled?: Readonly<Record<string, number>>
  /** Nothing starts for this many ticks. */
  startsAfter?: number
  /** The statuses of the pipeline, whatever those of its jobs are. */
  pipeline?: Statuses
  /**
   * The fault of the first request of the nth poll, counting from 1; with a `path`, of the first request that
   * matches.
   */
  pollFaults?: Readonly<Record<number, Fault>>
  /** What other users do. */
  others?: readonly Action[]
}
