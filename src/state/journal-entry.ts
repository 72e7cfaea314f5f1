import type { Build } from '../core/build.ts'

/** What a run is about to trigger, written to the journal before the request is sent. */
export interface Intent {
  /** The idempotency key (`--once KEY`). */
  key: string
  /** The time, ISO 8601 in UTC. */
  at: string
  server: string
  project: string
  ref: string
  /** Names of the variables, without values. */
  variables: string[]
  /** The newest earlier pipeline of that ref and source; null if it could not be read. */
  baseline: number | null
  source: 'trigger' | 'pipeline' | 'either'
  /** The value of GITLAB_TRIGGER_ID, if --marker sent one. */
  marker: string | null
  /** The form field by which the pipeline can be found (docs/decisions/0040-only-proof-makes-a-pipeline-ours.md); runs of earlier versions sent none. */
  nonce?: string | undefined
  user: string
  host: string
  pid: number
}

/** How a trigger ended. */
export interface Result {
  at: string
  outcome: 'triggered' | 'none' | 'unknown'
  build: Build | null
  exitCode: number
}

/** One trigger in the journal. */
export interface Entry {
  intent: Intent
  /** Undefined if the run ended before it could write one. */
  result: Result | undefined
}

/** The trigger that the lines of a journal file describe. Undefined if it holds no whole intent. */
export function parseEntry(text: string): Entry | undefined {
  const lines = text.split('\n').flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)]
    } catch {
      // A crash may have left the last line incomplete.
      return []
    }
  })
  const [intent, ...results] = lines.filter((line) => typeof line === 'object' && line !== null) as [
    Intent?,
    ...Result[],
  ]
  const isComplete = typeof intent?.key === 'string' && typeof intent.at === 'string'
  return isComplete ? { intent, result: results.at(-1) } : undefined
}
