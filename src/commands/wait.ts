import { startBudget } from '../core/budget.ts'
import type { RunFlags } from '../config/flags.ts'
import { planRun, type Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../output/reporters/events.ts'
import { reporterFor } from '../output/reporters/reporter.ts'
import { conclude, owingEvents, tellEnd, type End } from '../pipelines/outcome.ts'
import { follow, type EndReports } from '../pipelines/follow.ts'
import { logsFor } from '../pipelines/log-stream.ts'
import { openReports } from '../reports/reports.ts'
import { noting } from '../session/server-client.ts'
import { followedOf, openAll, type OpenPipelines } from '../pipelines/open-pipelines.ts'

/**
 * Follows pipelines that are open, all at once, for at most --timeout from `since` on; tells on stdout of each when it is over. Resolves to the exit
 * code, which counts `earlier` ends too.
 */
export async function followAll(
  { pipelines, pace }: OpenPipelines,
  flags: RunFlags,
  plan: Plan,
  reports: EndReports,
  context: Context,
  report: Reporter,
  since: number,
  earlier: readonly End[] = [],
): Promise<number> {
  const totalMs = flags.timeout === undefined ? undefined : plan.timeout.value
  const ends = await Promise.all(
    pipelines.map(async (open): Promise<End> => {
      const followed = followedOf(open, flags, plan.follow, pace, totalMs, since)
      const path = pipelines.length > 1 ? `${open.id} > ` : ''
      const logs = await logsFor(followed, context, report, path)
      const { pipeline, failure } = await follow(followed, logs, reports, context, report)
      const end = { id: open.id, pipeline: pipeline ?? open.first, failure }
      await tellEnd(end, flags, context)
      return end
    }),
  )
  return conclude([...earlier, ...ends], flags, context, report)
}

/** Waits for the end of pipelines: `gitlab-trigger wait 4711`. Resolves to 0 if all succeeded, else to the worst code, as of `run --wait`. */
export async function wait(words: readonly string[], flags: RunFlags, context: Context): Promise<number> {
  const report = await reporterFor(flags, context)
  return owingEvents(flags, report, () => waitFor(words, flags, context, report))
}

async function waitFor(
  words: readonly string[],
  flags: RunFlags,
  context: Context,
  report: Reporter,
): Promise<number> {
  const reports = await openReports(flags, context, noting(report), words.length)
  const plan = await planRun(flags, undefined, context)
  const since = context.now()
  const budget = startBudget(
    context,
    flags.timeout === undefined ? Math.max(plan.timeout.value, plan.follow.pollGraceMs) : plan.timeout.value,
  )
  let open: OpenPipelines | undefined
  try {
    open = await openAll(words, plan, flags, context, budget, report, plan.follow.pollGraceMs)
    budget.end()
    return await followAll(open, flags, plan, reports, context, report, since)
  } finally {
    budget.end()
    open?.close()
  }
}
