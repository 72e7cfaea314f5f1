import { idleLogLines, refuseUnusedFollowFlags } from '../config/follow-flags.ts'
import { findConfig, type Config } from '../config/files/find-config.ts'
import type { ConfigNode } from '../config/layers.ts'
import { planFrom, type Plan } from '../config/plan.ts'
import { resolveTimeout } from '../config/plan-values.ts'
import type { Recipe } from '../config/schema/config-keys.ts'
import type { Settings } from '../config/settings.ts'
import { sharedReads, type SharedReads } from '../config/shared-reads.ts'
import type { Context } from '../core/context.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { omit } from '../core/omit.ts'
import type { Reporter } from '../events.ts'
import type { RunFlags } from '../options/run.ts'
import { drawGraph, type GraphForm } from '../output/batch/graph.ts'
import { verbosityOf } from '../output/reporters/reporter.ts'
import { stderrReporter, writeText } from '../output/reporters/text-reporter.ts'
import { noticeUntrustedFile, warnOfUnseenConfig } from '../session/checkout/project-file-notice.ts'
import type { TargetEntry } from '../state/batch-lines.ts'
import type { OnceRecord } from '../trigger/idempotency-key.ts'
import { batchNotices } from './check/batch-notices.ts'
import { startBatchLimit, type BatchLimit } from './queue/batch-limit.ts'
import { batchTargets, type BatchTarget, type TargetSeed } from './batch-target.ts'
import { checkBatch, errorAt, type EarlierProblems, type TargetCheck } from './check-batch.ts'
import { batchReportFlags, openBatchReports, severalBuilds } from './batch-reports.ts'
import { checkUnsent } from './check-unsent.ts'
import type { LocatedError } from './plan/plan-problems.ts'
import { checkJoblog } from './joblog.ts'
import type { TargetDefaults } from './target-plan.ts'

/** What a batch consists of, as it was typed or planned. */
export interface BatchSource {
  targets: readonly TargetSeed[]
  /** What is wrong with the plan that they are from; undefined: they were typed. */
  found?: EarlierProblems
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
  /** The command that continues it later; undefined: there is none. */
  goOn: (() => string) | undefined
  /** What to do where no journal is kept and these of all targets have no pipeline. */
  rest?: (
    left: readonly (BatchTarget & { project: string; ref: string })[],
    all: readonly BatchTarget[],
  ) => string
  /** The command that the first recipe may have been meant as. */
  nearCommand?: string | undefined
  /** Reports the events of one target elsewhere, too. */
  listenFor?: ((target: string) => Reporter) | undefined
}

/** What is read before the targets are known. */
export interface BatchStart {
  config: Config
  reads: SharedReads
  limit: BatchLimit
}

/** Begins a batch, which has a time limit of `ms`: finds the config files. What it reads from standard input has the time limit of the call, too. */
export async function startBatch(flags: RunFlags, context: Context, ms = Infinity): Promise<BatchStart> {
  const limit = startBatchLimit(context, ms)
  const config = await findConfig(flags, context)
  return { config, reads: sharedReads(flags, context, limit.signal, resolveTimeout(flags, []).value), limit }
}

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

/** Checks a batch as a whole; `earlier` is what an earlier run of it has recorded, and `isOffline` keeps it from sending anything. Throws one error that names all that is wrong. */
export async function checkWholeBatch(
  source: BatchSource,
  { config, reads }: BatchStart,
  flags: RunFlags,
  earlier: ReadonlyMap<string, TargetEntry>,
  context: Context,
  { isOffline = false } = {},
): Promise<CheckedBatch> {
  const base = planFrom(config, flags, { recipe: undefined, recipes: [], below: [] }, context)
  const warn = stderrReporter(context, await verbosityOf(flags, context))
  await noticeUntrustedFile(base, flags, context)
  await warnOfUnseenConfig(base, warn)
  await context.tuneForMany?.(source.targets.length)
  const { problems = [], place } = source.found ?? {}
  const withoutRecipe: LocatedError[] = []
  const targets = batchTargets(source.targets, config, source.nearCommand, (seed, error) => {
    // The first word may have been meant as a command, and the others as its arguments.
    if (!seed.node && error.exit === 'usage') throw error
    withoutRecipe.push(seed.node ? errorAt(seed, error) : { line: seed.line, error })
  })
  // One file cannot hold what each target would write into it: these are written for the batch.
  const targetFlags: RunFlags = omit(flags, batchReportFlags)
  const { defaults: node, hasOverridingFlags = false } = source
  const defaults = {
    flags: targetFlags,
    node,
    config,
    reads,
    hasOverridingFlags,
    ask: isOffline ? undefined : warn,
  }
  const found = { problems: [...problems, ...withoutRecipe], place }
  const notices = batchNotices(targetFlags, reads)
  const checked = await checkBatch(targets, defaults, earlier, found, context, (planned) => {
    notices.see(planned)
  })
  await notices.report(warn)
  if (!checked.some(({ isFollowed }) => isFollowed)) refuseUnusedFollowFlags(targetFlags, base.follow)
  else if (!checked.some((each) => each.printsFailedLogs)) {
    const idle = idleLogLines(targetFlags, base.follow)
    if (idle !== undefined) await warn({ type: 'warned', text: idle, isGrave: true })
  }
  return { targets, checked, defaults, base, warn }
}

/** Checks a batch and draws its graph: for --check, which sends nothing. */
export async function drawBatch(
  source: BatchSource,
  start: BatchStart,
  flags: RunFlags,
  { form, joblog }: { form: GraphForm; joblog: string | undefined },
  context: Context,
): Promise<number> {
  const { targets, checked, defaults } = await checkWholeBatch(source, start, flags, new Map(), context, {
    isOffline: true,
  })
  if (joblog !== undefined) await checkJoblog(joblog, context)
  await openBatchReports(
    flags,
    targets.map(({ name }) => name),
    context,
    { isDry: true },
  )
  await checkUnsent(defaults.flags, severalBuilds, context)
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
