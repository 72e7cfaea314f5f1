import type { Build } from '../build.ts'
import type { TriggerError } from '../errors.ts'

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

/** Everything that a run can report. Reporters read the same stream of these. */
export type Event =
  | { type: 'started'; facts: Facts; settings: { name: string; value: string; origin: string }[] }
  /** `isGrave`: said even where nobody looks on. */
  | { type: 'warned'; text: string; isGrave?: true }
  | { type: 'noted'; text: string }
  | { type: 'asked'; method: string; url: string; result: string }
  | { type: 'triggered'; build: Build; api: 'v3' | 'v4' }
  | { type: 'jobs found'; jobs: JobLine[]; doubt: string }
  | { type: 'failed'; error: TriggerError }
  | { type: 'ended' }

/** Writes what an event means to somebody. Rejects when it cannot be written. */
export type Reporter = (event: Event) => Promise<void>
