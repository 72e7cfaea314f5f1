import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import { follow } from './follow.ts'
import type { EndReports } from './followed.ts'
import { logStream } from './log-stream.ts'
import { type OpenPipelines, followedOf } from './open-pipelines.ts'
import { type PipelineOutcome, printOutcome, combineOutcomes } from './outcome.ts'

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
  earlier: readonly PipelineOutcome[] = [],
): Promise<number> {
  const totalMs = flags.timeout === undefined ? undefined : plan.timeout.value
  const ends = await Promise.all(
    pipelines.map(async (open): Promise<PipelineOutcome> => {
      const followed = followedOf(open, flags, plan.follow, pace, totalMs, since)
      const path = pipelines.length > 1 ? `${open.id} > ` : ''
      const logs = await logStream(followed, context, report, path)
      const { pipeline, failure } = await follow(followed, logs, reports, context, report)
      const end = { id: open.id, pipeline: pipeline ?? open.first, failure }
      await printOutcome(end, flags, context)
      return end
    }),
  )
  return combineOutcomes([...earlier, ...ends], flags, context, report)
}
