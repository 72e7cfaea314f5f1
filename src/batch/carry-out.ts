import type { Context } from '../core/context.ts'

import { asTriggerError } from '../core/errors.ts'
import { toEach, type TargetProgress } from '../batch-events.ts'
import type { RunFlags } from '../options/run.ts'
import { batchOutput } from '../output/batch/batch-output.ts'
import { printEnd, printSummary } from '../output/batch/print-summary.ts'
import { countsText } from '../output/batch/summary.ts'
import { openReports } from '../reports/reports.ts'
import type { BatchJournal } from '../state/batch-journal.ts'
import type { TargetEntry } from '../state/batch-lines.ts'
import { waitForTurn, type Turn } from '../trigger/jitter-and-lock.ts'
import { batchExit } from './batch-exit.ts'
import { batchRecord } from './batch-record.ts'
import { openBatchReports, severalBuilds } from './batch-reports.ts'
import { openJoblog } from './joblog.ts'
import { longestChain, durationOf } from './longest-chain.ts'
import { allLost } from './all-lost.ts'
import {
  earlierRun,
  openJournal,
  withEarlierRun,
  type EarlierRun,
  type JournalFlags,
} from './open-journal.ts'
import { runBatch } from './run-batch.ts'
import { resolveRunOptions, turnOptions } from './run-options.ts'
import { checkWholeBatch, type BatchSource, type BatchStart } from './whole-batch.ts'

/** How a batch is run, besides what each target does. */
export interface BatchSettings extends JournalFlags {
  parallel: number
  failFast: boolean
  /** Pipelines of a project and commit a minute; undefined: as the server is known to allow. */
  perMinute: number | undefined
  joblog: string | undefined
}

/** GitLab.com's limit on the pipelines of a project and commit (docs/gitlab.md#2.6). */
const usualPerMinute = (base: string): number => (new URL(base).hostname === 'gitlab.com' ? 25 : Infinity)

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
  try {
    return await runChecked(source, start, flags, settings, earlier, context)
  } catch (error) {
    throw withEarlierRun(error, earlier)
  }
}

async function runChecked(
  source: BatchSource,
  start: BatchStart,
  flags: RunFlags,
  settings: BatchSettings,
  earlier: EarlierRun | undefined,
  context: Context,
): Promise<number> {
  const { journalName } = source
  const recorded = earlier?.targets ?? new Map<string, TargetEntry>()
  const batch = await checkWholeBatch(source, start, flags, recorded, context)
  const { targets, defaults, base, warn } = batch
  for (const text of resolveRunOptions(flags, base, context, warn).warnings)
    await warn({ type: 'warned', text })
  const names = targets.map(({ name }) => name)
  const written = await openBatchReports(flags, names, context)
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
      turn = await start.limit.without(() =>
        waitForTurn({ ...turnOptions(flags, base), recipe: journalName }, [], context, warn),
      )
    journal = earlier && (await openJournal(earlier, context))
    const begunAt = context.wallTime()
    const { results, lost: unsaid } = await runBatch(
      {
        targets,
        defaults,
        ...limits,
        failFast: settings.failFast,
        limit: start.limit,
        journal,
        earlier: recorded,
        context,
        contextFor: ({ name }) => output.contextFor(name),
        recordFor({ name }, index, settings, own) {
          if (journal) return batchRecord(name, settings, journal, recorded.get(name), own)
          return source.recordFor?.(settings, { index, count: targets.length }, own)
        },
        reporterFor(target, own) {
          const say = output.reporterFor(target, own)
          const listen = source.listenFor?.(target.name)
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
    const restOf = (left: readonly TargetProgress[]): string | undefined => {
      const places = new Map(left.map((each) => [each.name, each]))
      const untriggered = targets.flatMap((each) => {
        const { project, ref } = places.get(each.name) ?? {}
        return project && ref ? [{ ...each, project, ref }] : []
      })
      return source.rest?.(untriggered, targets)
    }
    await printSummary(results, times, source.goOn?.(), context, {
      isQuiet: flags.quiet ?? false,
      restOf,
      isRerunSafe:
        flags.once !== undefined ||
        (flags.resume ?? false) ||
        (source.goOn !== undefined && context.interrupted.aborted),
    })
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
