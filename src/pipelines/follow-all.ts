import type { PipelineOutcome } from '../session/outcome.ts'
import { follow } from './follow.ts'
import type { FollowContext } from './followed.ts'
import { logStream } from './logs/log-stream.ts'
import { followedOf, type OpenPipelines } from './open-pipelines.ts'

/**
 * Follows open pipelines, all at the same time; their limits count from `since`, in ms since 1970, that of their
 * run from their own start where `serverNow` tells the time of their server. `ended` is
 * called for each as soon as it has ended. Resolves to all outcomes, in the order of the pipelines.
 */
export function followAll(
  { pipelines, interval, serverNow }: Pick<OpenPipelines, 'pipelines' | 'interval'> & Partial<OpenPipelines>,
  since: number,
  following: FollowContext,
  ended: (outcome: PipelineOutcome) => Promise<void>,
): Promise<PipelineOutcome[]> {
  return Promise.all(
    pipelines.map(async (open): Promise<PipelineOutcome> => {
      const now = serverNow && ((): number => serverNow(open))
      const followed = followedOf(open, { interval, since, serverNow: now }, following.context)
      const path = pipelines.length > 1 ? `${open.id} > ` : ''
      const logs = await logStream(followed, following, path)
      const { pipeline = open.first, failure } = await follow(followed, logs, following)
      const outcome = { id: open.id, pipeline, failure }
      await ended(outcome)
      return outcome
    }),
  )
}
