import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import { follow } from './follow.ts'
import type { EndReports } from './followed.ts'
import { logsFor } from './log-stream.ts'
import { type OpenPipelines, followedOf } from './open-pipelines.ts'
import { type End, tellEnd, conclude } from './outcome.ts'

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
