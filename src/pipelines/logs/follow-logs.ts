import type { Reporter } from '../../events.ts'
import { endOf } from '../../follow/limits.ts'
import type { LogFollower } from '../../follow/logs/follower.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { follow } from '../follow.ts'
import { totalOf, type EndReports, type FollowContext, type FollowedPipeline } from '../followed.ts'
import { noSuchJob } from './log-selection.ts'

/** Following logs ends well however the pipeline ends, and does nothing about it. */
const onlyWatch = {
  onManual: 'pass',
  allowSkipped: true,
  failOnWarnings: false,
  retryGraceMs: 0,
  // Neither a long log nor a slow reader is limited in time.
  reportMs: Infinity,
} as const

const nothing = (): Promise<undefined> => Promise.resolve(undefined)
const noReports: EndReports = { ended: nothing, left: nothing }

/** What shows the pipeline itself, which stdout has no room for next to its logs. */
const unreported = ['looked', 'ticked', 'over', 'left']

/**
 * Thrown to stop following: all logs that were asked for have been printed, and nothing is left to wait for.
 */
class AllPrinted extends Error {
  override name = 'AllPrinted'
}

/**
 * Follows a pipeline to its end, or to that of the jobs that were named, and prints its logs in the meantime,
 * however it ends. Resolves to the pipeline as it was last seen. Throws a TriggerError where its end was not
 * seen, or where a job that was named never appeared.
 */
export async function followPrinting(
  followed: FollowedPipeline,
  pipeline: Pipeline,
  follower: LogFollower,
  following: Omit<FollowContext, 'reports'>,
): Promise<Pipeline> {
  const { plan, report } = following
  let seen = pipeline
  follower.note(pipeline)
  const logs = {
    note(now: Pipeline) {
      follower.note(now)
    },
    async pull(now: Pipeline) {
      seen = now
      await follower.pull(now)
      if (follower.isComplete()) throw new AllPrinted()
    },
    async finish(now: Pipeline) {
      await follower.finish(now)
      for (const name of follower.unfinished()) {
        const text = `the log of ${name} may be incomplete: its job had not finished`
        await report({ type: 'warned', text, isGrave: true })
      }
      // The caller hears of each log that could not be read, and counts it.
      return []
    },
  }
  const reportRest: Reporter = (event) =>
    unreported.includes(event.type) ? Promise.resolve() : report(event)
  try {
    const {
      pipeline: last = pipeline,
      failure,
      unread,
    } = await follow(followed, logs, {
      ...following,
      plan: { ...plan, ...onlyWatch },
      reports: noReports,
      report: reportRest,
    })
    const [unknown] = follower.unknown()
    if (failure && failure.exit !== 'buildFailed') throw failure
    // That the pipeline failed is no error here, and must not hide this one.
    if (unread) throw unread
    if (unknown !== undefined) throw noSuchJob(last, unknown)
    return last
  } catch (error) {
    if (!(error instanceof AllPrinted)) throw error
    followed.budget.endBy(endOf(totalOf(followed, following)), 'the time limit')
    return seen
  }
}
