import type { Settings } from '../config/settings.ts'
import type { RunFlags } from '../options/run.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import type { Reports } from '../reports/reports.ts'
import type { BatchJournal } from '../state/batch-journal.ts'
import type { TargetEntry } from '../state/batch-lines.ts'
import type { OnceRecord } from '../trigger/idempotency-key.ts'
import type { BatchReporter, TargetProgress } from '../batch-events.ts'
import type { BatchLimit } from './queue/batch-limit.ts'
import type { BatchTarget } from './batch-target.ts'
import type { TargetDefaults } from './target-plan.ts'

/** A batch, ready to be run. */
export interface Batch {
  targets: readonly BatchTarget[]
  defaults: TargetDefaults
  /** How many targets run at once. */
  parallel: number
  /** How many pipelines of a project and commit may be created in a minute on a server of this base URL; Infinity: as many as it takes. */
  perMinute(base: string): number
  /** Whether nothing more is started once one target has failed. */
  failFast: boolean
  limit: BatchLimit
  /** Undefined where none is kept. */
  journal: BatchJournal | undefined
  /** What an earlier run of the plan has recorded, by target. */
  earlier: ReadonlyMap<string, TargetEntry>
  context: Context
  /** The streams of one target. */
  contextFor(target: BatchTarget): Context
  /** Where its trigger is recorded, so that it is sent only once; undefined: nowhere. */
  recordFor(target: BatchTarget, index: number, settings: Settings, context: Context): OnceRecord | undefined
  /** Reports the events of one target's trigger. */
  reporterFor(target: TargetProgress, context: Context, flags: RunFlags): Reporter
  reports: Reports
  report: BatchReporter
}
