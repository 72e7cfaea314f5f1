import type { LogsFlags } from '../config/logs-flags.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { LogFollower } from '../follow/logs/follower.ts'
import type { PollInterval } from '../follow/poll-interval.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { Reporter } from '../events.ts'
import { follow } from './follow.ts'
import { type EndReports } from './followed.ts'
import { followedOf } from './open-pipelines.ts'
import type { OpenPipeline } from './open-pipeline.ts'
import { noSuchJob } from './log-selection.ts'

/** What following logs needs besides a pipeline. */
export interface FollowingLogs {
  flags: LogsFlags
  plan: Plan
  pace: PollInterval
  context: Context
  report: Reporter
}

/** Who prints logs writes no reports. */
const nothing = (): Promise<undefined> => Promise.resolve(undefined)
const noReports: EndReports = { ended: nothing, left: nothing }

/** All logs that were asked for have been shown, and nothing is left to wait for. */
class AllShown extends Error {
  override name = 'AllShown'
}

/**
 * Follows a pipeline to its end, or to that of the jobs that were named, and shows its logs meanwhile, however it ends. Resolves to it as it was
 * last seen. Throws a TriggerError where its end was not seen, or a job was named that never was there.
 */
export async function followShowing(
  open: OpenPipeline,
  pipeline: Pipeline,
  follower: LogFollower,
  { flags, plan, pace, context, report }: FollowingLogs,
): Promise<Pipeline> {
  const onlyWatch = { onManual: 'pass', allowSkipped: true, failOnWarnings: false, retryGraceMs: 0 } as const
  const totalMs = flags.timeout === undefined ? undefined : plan.timeout.value
  const followed = followedOf(open, flags, { ...plan.follow, ...onlyWatch }, pace, totalMs, context.now())
  const logs = {
    async pull(now: Pipeline) {
      await follower.pull(now)
      if (follower.isComplete()) throw new AllShown()
    },
    finish: (now: Pipeline) => follower.finish(now),
  }
  const quietly: Reporter = (event) =>
    ['looked', 'ticked', 'over', 'left'].includes(event.type) ? Promise.resolve() : report(event)
  try {
    const { pipeline: last = pipeline, failure } = await follow(followed, logs, noReports, context, quietly)
    const [unknown] = follower.unknown()
    if (failure && failure.exit !== 'buildFailed') throw failure
    if (unknown !== undefined) throw noSuchJob(last, unknown)
    return last
  } catch (error) {
    if (!(error instanceof AllShown)) throw error
    return pipeline
  }
}
