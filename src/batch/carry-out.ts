import type { BatchReporter } from '../batch-events.ts'
import { findConfig, type Config } from '../config/files/find-config.ts'
import type { ConfigNode } from '../config/layers.ts'
import { planFrom } from '../config/plan.ts'
import type { Recipe } from '../config/schema/shape.ts'
import { sharedReads, type SharedReads } from '../config/settings.ts'
import type { Context } from '../core/context.ts'
import type { RunFlags } from '../options/run.ts'
import { batchOutput } from '../output/batch/batch-output.ts'
import { printEnd, printSummary } from '../output/batch/print-summary.ts'
import { countsText } from '../output/batch/summary.ts'
import { reporterFor } from '../output/reporters/reporter.ts'
import { openReports } from '../reports/reports.ts'
import { noticeUntrustedFile, warnOfUnseenConfig } from '../session/checkout/project-file-notice.ts'
import { waitForTurn, type Turn } from '../trigger/jitter-and-lock.ts'
import { batchExit } from './batch-exit.ts'
import { openBatchReports } from './batch-reports.ts'
import { batchTargets, type BatchTarget, type TargetSeed } from './batch-target.ts'
import { checkBatch } from './check-batch.ts'
import { criticalPath, durationOf } from './critical-path.ts'
import { openJoblog } from './joblog.ts'
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
  /** The command that goes on with it later; undefined: there is none. */
  goOn: string | undefined
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

/**
 * Checks a batch whole, then runs it, if `settings` are given, and writes what was asked for about it. Resolves to the targets and the exit code: the worst of
 * theirs. Throws where nothing was triggered.
 */
export async function carryOutBatch(
  source: BatchSource,
  { config, reads }: BatchStart,
  flags: RunFlags,
  settings: BatchSettings,
  context: Context,
): Promise<number> {
  const base = planFrom(config, flags, { recipe: undefined, recipes: [], below: [] }, context)
  const warn = await reporterFor({ quiet: true, ...(flags.color === false && { color: false }) }, context)
  await noticeUntrustedFile(base, flags, context)
  await warnOfUnseenConfig(base, warn)
  const targets = batchTargets(source.targets, config)
  const { journalName } = source
  const earlier =
    journalName === undefined
      ? undefined
      : await earlierRun(journalName, config.places.state, settings, context)
  const defaults = { flags, node: source.defaults, config, reads }
  const checked = await checkBatch(targets, defaults, earlier?.targets ?? new Map(), context)
  for (const text of resolveRunOptions(flags, base, context, warn).warnings)
    await warn({ type: 'warned', text })
  const { dotenv, junit, ...targetFlags } = flags
  const written = await openBatchReports(
    { ...(dotenv !== undefined && { dotenv }), ...(junit !== undefined && { junit }) },
    targets.map(({ name }) => name),
    context,
  )
  const limits = {
    parallel: settings.parallel,
    perMinute: (base: string) => settings.perMinute ?? usualPerMinute(base),
  }
  const output = await batchOutput(flags, context, limits)
  const world = output.contextFor('')
  const reports = await openReports(targetFlags, world, warn, 2)
  const joblog =
    settings.joblog === undefined
      ? undefined
      : await openJoblog(settings.joblog, settings.resume ?? false, context)
  let turn: Turn | undefined
  const journal = earlier && (await openJournal(earlier, context))
  let isOver = false
  try {
    if (flags.jitter !== undefined || flags.lock !== undefined)
      turn = await waitForTurn({ ...turnOptions(flags, base), recipe: journalName }, [], context, warn)
    const begunAt = context.wallTime()
    const report: BatchReporter = async (event) => {
      await output.report(event)
      await joblog?.listen(event)
    }
    const results = await runBatch(
      {
        targets,
        defaults: { ...defaults, flags: targetFlags },
        ...limits,
        failFast: settings.failFast,
        timeoutMs: settings.timeoutMs,
        journal,
        earlier: earlier?.targets ?? new Map(),
        context,
        contextFor: ({ name }: BatchTarget) => output.contextFor(name),
        reporterFor: (target, own) => output.reporterFor(target, own),
        reports,
        report,
      },
      checked,
    )
    isOver = !context.interrupted.aborted
    const lost = await written.write(results, countsText(results))
    const times = { totalMs: context.wallTime() - begunAt, criticalPath: criticalPath(results), durationOf }
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
