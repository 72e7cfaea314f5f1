import { refuseUnusedFollowFlags } from '../config/follow-flags.ts'
import { findConfig, type Config } from '../config/files/find-config.ts'
import type { ConfigNode } from '../config/layers.ts'
import { planFrom, type Plan } from '../config/plan.ts'
import type { Recipe } from '../config/schema/shape.ts'
import { sharedReads, type Settings, type SharedReads } from '../config/settings.ts'
import type { Context } from '../core/context.ts'

import { asTriggerError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { omit } from '../core/omit.ts'
import { toEach } from '../batch-events.ts'
import type { Reporter } from '../events.ts'
import type { RunFlags } from '../options/run.ts'
import { drawGraph, type GraphForm } from '../output/batch/graph.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import type { BatchJournal, TargetEntry } from '../state/batch-journal.ts'
import type { TargetDefaults } from './target-plan.ts'
import { batchOutput } from '../output/batch/batch-output.ts'
import { printEnd, printSummary } from '../output/batch/print-summary.ts'
import { countsText } from '../output/batch/summary.ts'
import { reporterFor } from '../output/reporters/reporter.ts'
import { openReports } from '../reports/reports.ts'
import { noticeUntrustedFile, warnOfUnseenConfig } from '../session/checkout/project-file-notice.ts'
import { waitForTurn, type Turn } from '../trigger/jitter-and-lock.ts'
import { batchExit } from './batch-exit.ts'
import { batchRecord } from './batch-record.ts'
import type { OnceRecord } from '../trigger/idempotency-key.ts'
import { openBatchReports } from './batch-reports.ts'
import { batchTargets, type BatchTarget, type TargetSeed } from './batch-target.ts'
import { checkBatch, type TargetCheck } from './check-batch.ts'
import { longestChain, durationOf } from './longest-chain.ts'
import { openJoblog } from './joblog.ts'
import { allLost } from './all-lost.ts'
import { earlierRun, openJournal, type JournalFlags } from './open-journal.ts'
import { runBatch } from './run-batch.ts'
import { resolveRunOptions, turnOptions } from './run-options.ts'

/** How a batch is run, beside what each target does. */
export interface BatchSettings extends JournalFlags {
  parallel: number
  failFast: boolean
  /** In ms; Infinity: no limit. */
  timeoutMs: number
  /** Pipelines of a project and commit a minute; undefined: as the server is known to allow. */
  perMinute: number | undefined
  joblog: string | undefined
}

/** What a batch consists of, as it was typed or planned. */
export interface BatchSource {
  targets: readonly TargetSeed[]
  /** The mapping that counts less than flags. */
  defaults: ConfigNode<Recipe> | undefined
  /** The name of its journal; undefined: none is kept. */
  journalName: string | undefined
  /** Where the trigger of a target is recorded if there is no journal of the batch. */
  recordFor?: (
    settings: Settings,
    place: { index: number; count: number },
    context: Context,
  ) => OnceRecord | undefined
  /** Flags and environment count before what the targets' recipes say, as for `run`. */
  hasOverridingFlags?: true
  /** The command that goes on with it later; undefined: there is none. */
  goOn: string | undefined
  /** The command that the first recipe may have been meant as. */
  nearCommand?: string | undefined
  /** Is told of the events of one target, too. */
  listenFor?: (() => Reporter) | undefined
}

/** GitLab.com's limit on the pipelines of a project and commit (docs/gitlab.md#2.6). */
const usualPerMinute = (base: string): number => (new URL(base).hostname === 'gitlab.com' ? 25 : Infinity)

/** What is read before the targets are known. */
export interface BatchStart {
  config: Config
  reads: SharedReads
}

/** Begins a batch: finds the config files. */
export async function startBatch(flags: RunFlags, context: Context): Promise<BatchStart> {
  return { config: await findConfig(flags, context), reads: sharedReads(flags, context, context.interrupted) }
}

/** The same file names in the form of the flags. */
const reportFlags = ({ dotenv, junit }: RunFlags): { dotenv?: string; junit?: string } => ({
  ...(dotenv !== undefined && { dotenv }),
  ...(junit !== undefined && { junit }),
})

/** A batch of which everything was checked that can be before anything is sent. */
export interface CheckedBatch {
  targets: readonly BatchTarget[]
  checked: readonly TargetCheck[]
  defaults: TargetDefaults
  /** What counts for the call as a whole. */
  base: Plan
  /** Reports what is to be warned of. */
  warn: Reporter
}

/** Checks a batch as a whole; `earlier` is what an earlier run of it has recorded. Throws one error that names all that is wrong. */
export async function checkWholeBatch(
  source: BatchSource,
  { config, reads }: BatchStart,
  flags: RunFlags,
  earlier: ReadonlyMap<string, TargetEntry>,
  context: Context,
): Promise<CheckedBatch> {
  const base = planFrom(config, flags, { recipe: undefined, recipes: [], below: [] }, context)
  const warn = await reporterFor({ quiet: true, ...(flags.color === false && { color: false }) }, context)
  await noticeUntrustedFile(base, flags, context)
  await warnOfUnseenConfig(base, warn)
  const targets = batchTargets(source.targets, config, source.nearCommand)
  // One file cannot hold what each target would write into it: these are written for the batch.
  const targetFlags: RunFlags = omit(flags, ['dotenv', 'junit'])
  const { defaults: node, hasOverridingFlags = false } = source
  const defaults = { flags: targetFlags, node, config, reads, hasOverridingFlags }
  const checked = await checkBatch(targets, defaults, earlier, context)
  if (!checked.some(({ isFollowed }) => isFollowed)) refuseUnusedFollowFlags(targetFlags, base.follow)
  return { targets, checked, defaults, base, warn }
}

/** Checks a batch and draws its graph: for --check, which sends nothing. */
export async function drawBatch(
  source: BatchSource,
  start: BatchStart,
  flags: RunFlags,
  form: GraphForm,
  context: Context,
): Promise<number> {
  const { targets, checked } = await checkWholeBatch(source, start, flags, new Map(), context)
  const drawn = targets.map(({ name, needs, after }, index) => {
    const { base = '', project = '', ref = '' } = checked[index]?.place ?? {}
    return {
      name,
      needs: after === undefined ? needs : [...needs, after],
      about: `${project} on ${ref} at ${base}`,
    }
  })
  await writeText(context, drawGraph(drawn, form))
  return exitCodes.success.code
}

/**
 * Checks a batch as a whole, runs it, and writes what was asked for about it. Resolves to the exit code: the worst of those of its targets. Throws where nothing
 * was triggered.
 */
export async function carryOutBatch(
  source: BatchSource,
  start: BatchStart,
  flags: RunFlags,
  settings: BatchSettings,
  context: Context,
): Promise<number> {
  const { journalName } = source
  const { state } = start.config.places
  const earlier =
    journalName === undefined ? undefined : await earlierRun(journalName, state, settings, context)
  const recorded = earlier?.targets ?? new Map<string, TargetEntry>()
  const batch = await checkWholeBatch(source, start, flags, recorded, context)
  const { targets, defaults, base, warn } = batch
  for (const text of resolveRunOptions(flags, base, context, warn).warnings)
    await warn({ type: 'warned', text })
  const names = targets.map(({ name }) => name)
  const written = await openBatchReports(reportFlags(flags), names, context)
  const limits = {
    parallel: settings.parallel,
    perMinute: (server: string) => settings.perMinute ?? usualPerMinute(server),
  }
  const output = await batchOutput(flags, context, limits)
  const reports = await openReports(defaults.flags, output.contextFor(''), warn, severalBuilds)
  const joblog =
    settings.joblog === undefined
      ? undefined
      : await openJoblog(settings.joblog, settings.resume ?? false, context)
  let turn: Turn | undefined
  let journal: BatchJournal | undefined
  let isOver = false
  try {
    if (flags.jitter !== undefined || flags.lock !== undefined)
      turn = await waitForTurn({ ...turnOptions(flags, base), recipe: journalName }, [], context, warn)
    journal = earlier && (await openJournal(earlier, context))
    const begunAt = context.wallTime()
    const { results, lost: unsaid } = await runBatch(
      {
        targets,
        defaults,
        ...limits,
        failFast: settings.failFast,
        timeoutMs: settings.timeoutMs,
        journal,
        earlier: recorded,
        context,
        contextFor: ({ name }) => output.contextFor(name),
        recordFor(target, settings, own) {
          const { name } = target
          if (journal) return batchRecord(name, settings, journal, recorded.get(name), own)
          return source.recordFor?.(settings, { index: targets.indexOf(target), count: targets.length }, own)
        },
        reporterFor(target, own) {
          const say = output.reporterFor(target, own)
          const listen = source.listenFor?.()
          if (!listen) return say
          return async (event) => {
            await listen(event)
            await say(event)
          }
        },
        reports,
        report: joblog ? toEach([output.report, joblog.listen]) : output.report,
      },
      batch.checked,
    )
    isOver = !context.interrupted.aborted
    const unwritten = await written.write(results, countsText(results))
    const closing = journal?.close(isOver)
    journal = undefined
    const unended = await closing?.then(
      () => undefined,
      (error: unknown) => asTriggerError(error, { kind: 'none' }),
    )
    const lost = allLost([unsaid, await joblog?.end(), unwritten, unended])
    const times = { totalMs: context.wallTime() - begunAt, criticalPath: longestChain(results), durationOf }
    if (!flags.quiet) await printSummary(results, times, source.goOn, context)
    const worst = batchExit(results)
    const end = worst.exit === 'success' && lost ? lost : worst
    await printEnd(end, lost, results, flags.color, context)
    return end.exitCode
  } finally {
    await turn?.release()
    await joblog?.close()
    await journal?.close(isOver)
  }
}

/** As many as make a report leave out what only one pipeline can have. */
const severalBuilds = 2
