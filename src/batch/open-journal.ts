import { join } from 'node:path'
import type { Context } from '../core/context.ts'
import { configError, TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import { readEarlier } from '../state/batch-files.ts'
import { beginJournal, type BatchJournal } from '../state/batch-journal.ts'
import type { BatchRun, EarlierBatch, TargetEntry } from '../state/batch-lines.ts'
import { mayExist } from './batch-record.ts'

/** How a batch treats an earlier run of its plan. */
export interface JournalFlags {
  resume?: true
  restart?: true
}

/** What is known of an earlier run before this one begins. */
export interface EarlierRun {
  folder: string
  name: string
  /** The number of its journal; 0 where there is none. */
  count: number
  /** The targets to continue with; empty if this run starts over. */
  targets: ReadonlyMap<string, TargetEntry>
  /** What the earlier run created, in words, for a run that fails before it starts; undefined if this run starts over. */
  state: string | undefined
}

/** How many of its targets may have a pipeline, and of how many that is not known. */
function stateText({ targets }: EarlierBatch): string {
  const known = [...targets.values()].filter((each) => each.result?.outcome === 'triggered').length
  const open = [...targets.values()].filter((each) => mayExist(each) && each.result?.outcome !== 'triggered')
  const unknown = open.length === 0 ? '' : `, and may have created ${open.length} more`
  return `it created ${known} pipeline${known === 1 ? '' : 's'}${unknown}`
}

/**
 * Finds an earlier run of a plan. Throws where one is still running, or did not end and neither flag says what to do (exit 10), and where there is none to
 * continue with (14).
 */
export async function earlierRun(
  name: string,
  stateFolder: string | undefined,
  { resume, restart }: JournalFlags,
  context: Context,
): Promise<EarlierRun> {
  if (stateFolder === undefined)
    throw configError('batch: there is no folder for the journal', 'Set HOME or XDG_STATE_HOME.')
  const folder = join(stateFolder, 'batch')
  const earlier = await readEarlier(folder, name, context)
  const none = {
    folder,
    name,
    count: earlier?.count ?? 0,
    targets: new Map<string, TargetEntry>(),
    state: undefined,
  }
  if (!earlier) {
    if (!resume) return none
    throw configError(`--resume: no run of ${name} is recorded in ${folder}`, 'Leave --resume out.')
  }
  const { run, isOver, targets } = earlier
  const me = context.me()
  if (!isOver && run.host === me.host && run.pid !== me.pid && context.isRunning(run.pid)) {
    throw new TriggerError({
      exit: 'notStarted',
      message: `another run of this plan has been running since ${run.at} (process ${run.pid})`,
      hint: safeToRepeat,
      build: { kind: 'none', isLaterRun: true },
    })
  }
  if (resume) return { ...none, targets, state: `The run of ${run.at}: ${stateText(earlier)}.` }
  if (isOver || restart) return none
  throw new TriggerError({
    exit: 'notStarted',
    message: `the run of ${run.at} did not finish: ${stateText(earlier)}`,
    hint: 'To continue it, add --resume: nothing is triggered twice. To start over, whatever its result: --restart.',
    build: { kind: 'none', isLaterRun: true },
  })
}

/** The error with the pipelines of an earlier run: also a run that ends before it begins must report these. */
export function withEarlierRun(error: unknown, earlier: EarlierRun | undefined): unknown {
  if (!(error instanceof TriggerError) || earlier?.state === undefined || error.build.kind !== 'none')
    return error
  return error.with({
    build: { kind: 'none', isLaterRun: true },
    details: [...error.details, earlier.state],
  })
}

/** Begins the journal of this run. Throws exit 10 where another run has just begun, and 14 where the journal cannot be written. */
export async function openJournal(
  { folder, name, count, targets }: EarlierRun,
  context: Context,
): Promise<BatchJournal> {
  const run: BatchRun = { at: new Date(context.wallTime()).toISOString(), ...context.me() }
  const journal = await beginJournal(folder, name, run, count, targets, context)
  if (journal) return journal
  throw new TriggerError({
    exit: 'notStarted',
    message: 'another run of this plan has just begun',
    hint: safeToRepeat,
  })
}
