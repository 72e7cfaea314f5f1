import type { ExitName } from './core/exit-codes.ts'
import type { Event } from './events.ts'

/**
 * What a target is at: it waits for those that it needs or for room, is being triggered, waits until its rate limit has passed, exists but is not
 * followed, is followed, or has ended.
 */
export type TargetState = 'waiting' | 'starting' | 'limited' | 'created' | 'pending' | 'running' | 'over'

/** What is known of a target. Times are by the system's clock, in ms since 1970. */
export interface TargetProgress {
  name: string
  needs: readonly string[]
  state: TargetState
  /** The server's base URL. */
  server: string | null
  project: string | null
  ref: string | null
  /** The id of its pipeline; null while there is none. */
  id: number | null
  sha: string | null
  webUrl: string | null
  /** GitLab's status of its pipeline, as it was last seen. */
  status: string | null
  /** Jobs of its pipeline have run, in this run or an earlier one: of a CI configuration that is not valid there are none. */
  hasRun: boolean
  /** How it has ended; undefined before. */
  exit: ExitName | undefined
  exitCode: number
  /** Why it has not succeeded, or was not started; '' otherwise. */
  why: string
  /** Its pipeline is followed to its end; otherwise it has succeeded once it is triggered. */
  isFollowed: boolean
  /** An earlier run of the plan has done it. */
  wasRecorded: boolean
  /** Its trigger was sent, and whether that has created a pipeline is not known. */
  mayExist: boolean
  /** When its trigger was begun, its pipeline was there, something of it ran, and it had ended. */
  begunAt: number | undefined
  createdAt: number | undefined
  runningAt: number | undefined
  endedAt: number | undefined
}

/** What is reported of a batch. Every event of a target carries it. */
export type BatchEvent =
  | { type: 'planned'; targets: readonly TargetProgress[]; now: number }
  /** Something of its run has happened. */
  | { type: 'told'; target: TargetProgress; event: Event }
  /** Its state is another one. */
  | { type: 'changed'; target: TargetProgress; now: number }
  /** Triggers wait for the rate limit of a server or project until then, by the system's clock. */
  | { type: 'limited'; server: string; project: string; until: number; now: number }
  /** Nothing more is going to happen. */
  | { type: 'finished'; targets: readonly TargetProgress[]; now: number }

/** Reports an event of a batch. Rejects if the output cannot be written. */
export type BatchReporter = (event: BatchEvent) => Promise<void>

/** Reports to all of them, to the later ones too where one rejects; then rejects with its error. */
export function toEach(reporters: readonly BatchReporter[]): BatchReporter {
  return async (event) => {
    const errors: unknown[] = []
    for (const report of reporters) await report(event).catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw errors[0]
  }
}
