import type { Build } from './core/build.ts'
import type { TriggerError } from './core/errors.ts'
import type { Change } from './follow/changes.ts'
import type { Pipeline } from './gitlab/pipelines/pipeline.ts'

/** What a run is about, as far as it is known when it begins. */
export interface Facts {
  /** The server's base URL. */
  server: string | null
  project: string | null
  ref: string | null
  /** Names only: values may be private. */
  variables: string[]
}

/** A job that a build led to. */
export interface JobLine {
  id: number
  name: string | null
  stage: string | null
  status: string | null
}

/** Whose log it is. */
export interface LogHead {
  pipelineId: number
  jobId: number
  name: string
}

/** Everything that a run can report. Reporters read the same stream of these. */
export type Event =
  | { type: 'started'; facts: Facts; settings: { name: string; value: string; origin: string }[] }
  /** `isGrave`: said even where nobody looks on. */
  | { type: 'warned'; text: string; isGrave?: true }
  | { type: 'noted'; text: string }
  /** Nothing was triggered, on purpose, and all is well. */
  | { type: 'skipped'; text: string }
  | { type: 'asked'; method: string; url: string; result: string }
  | { type: 'triggered'; build: Build; api: 'v3' | 'v4' }
  | { type: 'jobs found'; jobs: JobLine[]; doubt: string }
  /** A look at a pipeline that is followed, and what is new in it; `trouble` is why later looks have failed so far, '' where none has. */
  | { type: 'looked'; pipeline: Pipeline; changes: readonly Change[]; now: number; trouble: string }
  /** A second has gone by between two looks; for what shows the time. */
  | { type: 'ticked'; now: number }
  /** Whole lines of a job's log, tamed, for programs: people are shown them without this detour. */
  | { type: 'log'; job: LogHead; text: string }
  /** The end of following a pipeline, as it was last seen. */
  | { type: 'over'; pipeline: Pipeline; sentence: string; isGood: boolean; now: number }
  /** A pipeline is followed no more, though it is not over: a limit, lost contact, a signal. */
  | { type: 'left'; pipeline: Pipeline; now: number }
  | { type: 'failed'; error: TriggerError }
  | { type: 'ended' }

/** Writes what an event means to somebody. Rejects when it cannot be written. */
export type Reporter = (event: Event) => Promise<void>
