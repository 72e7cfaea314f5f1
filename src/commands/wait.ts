import { startBudget } from '../budget.ts'
import type { RunFlags } from '../config/flags.ts'
import { planRun, type Plan } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import type { Reporter } from '../output/events.ts'
import { reporterFor } from '../output/reporter.ts'
import { conclude, tellEnd, type End } from './ends.ts'
import { follow } from './follow.ts'
import { logsFor } from './logs-for.ts'
import { followedOf, openAll, type OpenPipelines } from './open-all.ts'

/** Follows pipelines that are open, all at once; tells on stdout of each when it is over. Resolves to the exit code. */
export async function followAll(
  { pipelines, pace }: OpenPipelines,
  flags: RunFlags,
  plan: Plan,
  context: Context,
  report: Reporter,
): Promise<number> {
  const totalMs = flags.timeout === undefined ? undefined : plan.timeout.value
  const ends = await Promise.all(
    pipelines.map(async (open): Promise<End> => {
      const followed = followedOf(open, flags, plan.follow, pace, totalMs)
      const logs = logsFor(followed, context, report)
      const { pipeline, failure } = await follow(followed, logs, context, report, context.stderr.isTTY)
      const end = { id: open.id, pipeline: pipeline ?? open.first, failure }
      await tellEnd(end, flags, context)
      return end
    }),
  )
  return conclude(ends, flags, context)
}

/** Waits for the end of pipelines: `gitlab-trigger wait 4711`. Resolves to 0 if all succeeded, else to the worst code, as of `run --wait`. */
export async function wait(words: readonly string[], flags: RunFlags, context: Context): Promise<number> {
  const report = await reporterFor(flags, context)
  const plan = await planRun(flags, undefined, context)
  const budget = startBudget(context, Math.max(plan.timeout.value, plan.follow.pollGraceMs))
  let open: OpenPipelines | undefined
  try {
    open = await openAll(words, plan, flags, context, budget, report, plan.follow.pollGraceMs)
    budget.end()
    return await followAll(open, flags, plan, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
