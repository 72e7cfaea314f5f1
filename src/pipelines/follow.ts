import { Interrupted } from '../core/errors.ts'
import type { Reporter } from '../events.ts'
import type { Limits } from '../follow/limits.ts'
import type { StartJob } from '../follow/manual-jobs.ts'
import { watch } from '../follow/watch.ts'
import { confirmedBy } from '../gitlab/api/change-error.ts'
import type { Client } from '../gitlab/api/client.ts'
import { ApiError, isApiFailure } from '../gitlab/api/reader.ts'
import { AmbiguousBuildsError } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { withReportFailures } from '../reports/reports.ts'
import { clockOf, pollPolicy } from '../session/poll-policy.ts'
import { followResult, interrupted } from './follow-result.ts'
import type { FollowContext, FollowedPipeline, FollowResult, Logs } from './followed.ts'

function limitsOf({ since }: FollowedPipeline, { plan, totalMs }: FollowContext): Limits {
  const { queueMs, runMs, retryGraceMs } = plan
  return { queueMs, runMs, retryGraceMs, totalMs, since }
}

/** Starts a manual job, and reports whether that worked. */
async function play(client: Client, job: Job, { project }: Pipeline, report: Reporter): ReturnType<StartJob> {
  const name = job.name ?? job.id
  try {
    const path = `/${client.dialect.jobs}/${job.id}/play`
    await client.forProject(project).write('POST', path, confirmedBy({ id: job.id }))
    await report({ type: 'noted', text: `Started ${name}.` })
    return 'started'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const text = `${name} could not be started: ${error.message}`
    await report({ type: 'warned', text, isGrave: true })
    return error.isRefusal ? 'refused' : 'unknown'
  }
}

/**
 * Follows a pipeline to its end and reports every time that it is read. Resolves to how that ended, with the
 * error for the run: exit 3 for a pipeline that did not succeed, 8 for one whose end was not seen, 128+n
 * after a signal. Throws what the output throws.
 */
export async function follow(
  followed: FollowedPipeline,
  logs: Logs | undefined,
  following: FollowContext,
): Promise<FollowResult> {
  const { client, source, interval } = followed
  const { plan, reports, context, report } = following
  let last: Pipeline | undefined
  try {
    const ending = await watch(
      {
        clock: clockOf(context),
        poll: (options) =>
          source.look({
            ...pollPolicy(context, plan.pollGraceMs),
            ...options,
            leastPauseMs: () => interval.pause(context.now(), 0),
          }),
        isFailure: (error) => isApiFailure(error) || error instanceof AmbiguousBuildsError,
        async onPoll(pipeline, changes, trouble) {
          last = pipeline
          await report({ type: 'looked', pipeline, changes, now: context.now(), trouble })
          await logs?.pull(pipeline)
        },
        onTick: following.showsTime ? () => report({ type: 'ticked', now: context.now() }) : undefined,
        startJob: (job, pipeline) => play(client, job, pipeline, report),
      },
      plan,
      limitsOf(followed, following),
      interval,
    )
    if (ending.kind === 'over') await logs?.finish(ending.pipeline)
    const { pipeline = last, failure } = await followResult(followed, ending, following)
    if (ending.kind !== 'over') return await leave({ pipeline, failure }, client, following)
    const lost = await reports.ended(ending.pipeline, client)
    return { pipeline, failure: withReportFailures(failure, lost) }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    return await leave(await interrupted(followed, error, last, following), client, following)
  }
}

/** Reports a pipeline that is not followed to its end, as it was last seen. */
async function leave(
  { pipeline, failure }: FollowResult,
  client: Client,
  { reports, context, report }: FollowContext,
): Promise<FollowResult> {
  if (!pipeline) return { pipeline, failure }
  await report({ type: 'left', pipeline, now: context.now() })
  return { pipeline, failure: withReportFailures(failure, await reports.left(pipeline, client)) }
}
