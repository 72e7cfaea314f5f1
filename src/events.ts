import type { Build } from './core/build.ts'
import type { TriggerError } from './core/errors.ts'
import type { Change } from './follow/changes.ts'
import type { Pipeline } from './gitlab/pipelines/pipeline.ts'

/** The target of a run, as far as it is known at the start. */
export interface Facts {
  /** The server's base URL. */
  server: string | null
  project: string | null
  ref: string | null
  /** Names only, since values may be private. */
  variables: string[]
}

/** A job of a triggered pipeline. */
export interface JobLine {
  id: number
  name: string | null
  stage: string | null
  status: string | null
}

/** The job that a log belongs to. */
export interface LogHead {
  pipelineId: number
  jobId: number
  name: string
}

/** Something large that is downloaded. */
export interface Download {
  kind: 'artifacts' | 'test report' | 'log'
  /** Tells it from others of the run. */
  key: string
  /** The job or pipeline that it is of. */
  name: string
  /** How many bytes have come. */
  bytes: number
  /** How many there are; null where that is not told. */
  total: number | null
  /** When it began, in ms since 1970. */
  since: number
}

/** All events of a run. Every reporter receives all of them. */
export type Event =
  | { type: 'started'; facts: Facts; settings: { name: string; value: string; origin: string }[] }
  /** `isGrave`: shown even if the output is not watched. `pipelineId`: the pipeline that programs see with it. */
  | { type: 'warned'; text: string; isGrave?: true; pipelineId?: number }
  | { type: 'noted'; text: string; isGrave?: true }
  /** Nothing was triggered, and that is not an error. */
  | { type: 'skipped'; text: string }
  | { type: 'asked'; method: string; url: string; result: string }
  /** There is a pipeline; `isEarlier`: an earlier run has triggered it, and what is known of it is from then. */
  | { type: 'triggered'; build: Build; api: 'v3' | 'v4'; isEarlier?: boolean }
  /** A pipeline that exists is going to be followed. */
  | { type: 'opened'; pipeline: Pipeline }
  | { type: 'jobs found'; jobs: JobLine[]; doubt: string }
  /** A poll of a pipeline, with the changes since the last one; `trouble` is why it failed, else ''. */
  | { type: 'looked'; pipeline: Pipeline; changes: readonly Change[]; now: number; trouble: string }
  /** A second has passed between two polls, to update displayed durations. */
  | { type: 'ticked'; now: number }
  /** Whole lines of a job's log, filtered, for programs. Logs for people are written directly. */
  | { type: 'log'; job: LogHead; text: string }
  /** A followed pipeline has ended. */
  | { type: 'over'; pipeline: Pipeline; sentence: string; isGood: boolean; now: number }
  /** A pipeline is not followed any more, though it has not ended: a limit, a lost connection, a signal. */
  | { type: 'left'; pipeline: Pipeline; now: number }
  /** A download continues. */
  | { type: 'fetching'; download: Download; now: number }
  /** It has ended, and what is made of it too; `isWhole`: it has worked. */
  | { type: 'fetched'; download: Download; isWhole: boolean; now: number }
  | { type: 'failed'; error: TriggerError }
  /** It has ended well; a recipe may want another exit code than 0 for that. */
  | { type: 'ended'; exitCode: number }

/** Reports an event. Rejects if the output cannot be written. */
export type Reporter = (event: Event) => Promise<void>
