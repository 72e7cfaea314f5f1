import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { Clock } from '../http/retry/grace.ts'
import type { Change } from './changes.ts'
import type { StartJob } from './manual-jobs.ts'

/** The result of following a pipeline. */
export type WatchResult =
  | { kind: 'over'; pipeline: Pipeline; isGood: boolean; sentence: string }
  /** A time limit was reached first. */
  | { kind: 'limit'; pipeline: Pipeline; sentence: string }
  /** Requests failed for too long, or cannot succeed any more. */
  | { kind: 'lost'; pipeline: Pipeline | undefined; error: unknown }

/** Options of one poll. */
export interface PollOptions {
  /** Aborts the poll. */
  ended: AbortSignal
  /** Called with the message of each error after which the poll is repeated. */
  onFault(message: string): Promise<void>
  /** Called with the pipeline itself before its jobs are read. */
  onRoot: (root: Pipeline) => void
}

/** The caller's functions for following a pipeline. */
export interface Watcher {
  clock: Clock
  /**
   * The time by the server's clock, in ms since 1970: a pipeline runs from its own start on. Undefined where it
   * is a later run that counts, after a retry.
   */
  serverNow: (() => number) | undefined
  poll(options: PollOptions): Promise<Pipeline>
  /** Whether an error means that polling cannot succeed, or has failed for too long. */
  isFailure(error: unknown): boolean
  /** Called after every poll; `trouble` is the error message of a failed attempt. */
  onPoll(pipeline: Pipeline, changes: readonly Change[], trouble: string): Promise<void>
  /** Called every second between polls, to update displayed times; undefined if none are displayed. */
  onTick: (() => Promise<void>) | undefined
  /** Receives what is worth knowing while nothing ends. */
  onNote(text: string): Promise<void>
  startJob: StartJob
}
