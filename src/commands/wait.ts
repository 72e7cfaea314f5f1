import { startBudget } from '../core/budget.ts'
import type { WaitFlags } from '../options/pipelines.ts'
import { idleLogLines } from '../config/follow-flags.ts'
import { passedOver, pipelineWords } from '../config/project/pipeline-words.ts'
import { namesById } from '../config/project/resolve-references.ts'
import { pipelineReferences } from '../trigger/refusals/pipeline-references.ts'
import type { Context } from '../core/context.ts'
import { isFinished } from '../core/status.ts'
import type { Reporter } from '../events.ts'
import { reporterFor } from '../output/reporters/reporter.ts'
import {
  printUnopened,
  type UnopenedPipeline,
  combineOutcomes,
  keepWarnings,
  printOutcome,
  withFinalEvent,
} from '../session/outcome.ts'
import { followSettings } from '../session/follow-settings.ts'
import { openReports } from '../reports/reports.ts'
import { beginCommand } from '../session/begin-command.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { leftAlone } from '../pipelines/unopened.ts'
import { followAll } from '../pipelines/follow-all.ts'

/** Waits for the end of pipelines: `gitlab-trigger wait 4711`. Resolves to 0 if all succeeded, else to the worst code, as of `run --wait`. */
export async function wait(words: readonly string[], flags: WaitFlags, context: Context): Promise<number> {
  const report = await reporterFor(flags, context)
  return withFinalEvent(flags, report, () => waitFor(words, flags, context, report))
}

async function waitFor(
  typed: readonly string[],
  flags: WaitFlags,
  context: Context,
  plainReport: Reporter,
): Promise<number> {
  const words = pipelineWords(typed)
  const { report, warningsOf } = keepWarnings(plainReport)
  const { plan, suggest } = await beginCommand(flags, context, { report, readsProject: namesById(words) })
  const left = passedOver(typed)
  if (left !== undefined && !flags.quiet) await report({ type: 'noted', text: left, isGrave: true })
  const idle = idleLogLines(flags, plan.follow)
  if (idle !== undefined) await report({ type: 'warned', text: idle, isGrave: true })
  const reports = await openReports(flags, context, report, words.length)
  const since = context.now()
  const budget = startBudget(
    context,
    flags.timeout === undefined ? Math.max(plan.timeout.value, plan.follow.pollGraceMs) : plan.timeout.value,
  )
  let open: OpenPipelines | undefined
  const unopened: UnopenedPipeline[] = []
  try {
    const references = await pipelineReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, {
      plan,
      context,
      budget,
      report,
      suggest,
      retries: Infinity,
      unopened,
    })
    for (const { client } of open.pipelines) reports.refuseFor(client.dialect)
    // Where one cannot be waited for, none is; those that have finished are shown.
    const pipelines = open.pipelines.filter(({ first }) => unopened.length === 0 || isFinished(first.status))
    const others = open.pipelines.filter((each) => !pipelines.includes(each))
    const left = leftAlone(others, unopened, 'waited for', flags)
    await printUnopened(unopened, flags, context)
    if (flags.json) for (const outcome of left) await printOutcome(outcome, flags, context)
    for (const { first } of pipelines) await report({ type: 'opened', pipeline: first })
    budget.lift()
    const following = { ...followSettings(flags, plan, context, report), reports, context, report }
    const outcomes = await followAll({ ...open, pipelines }, since, following, (outcome) =>
      printOutcome(outcome, flags, context, warningsOf(outcome.id)),
    )
    return await combineOutcomes([...unopened, ...left, ...outcomes], flags, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
