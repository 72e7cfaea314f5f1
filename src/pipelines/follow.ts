import type { Context } from '../core/context.ts'
import { Interrupted } from '../core/errors.ts'
import type { Limits } from '../follow/limits.ts'
import type { StartJob } from '../follow/manual-jobs.ts'
import { watch } from '../follow/watch.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError, isApiFailure } from '../gitlab/api/reader.ts'
import { AmbiguousBuildsError } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { Reporter } from '../events.ts'
import { interrupted, followResult } from './follow-result.ts'
import { clockOf, pollPolicy } from '../session/poll-policy.ts'
import { withReportFailures } from '../reports/reports.ts'
import type { EndReports, FollowedPipeline, FollowResult, Logs } from './followed.ts'

/** The limits of a watch. */
function limitsOf({ plan, totalMs, since }: FollowedPipeline): Limits {
  const { queueMs, runMs, retryGraceMs } = plan
  return { queueMs, runMs, retryGraceMs, totalMs, since }
}

/** Starts a job that waits for a person, and tells of it. */
async function play(client: Client, job: Job, { project }: Pipeline, report: Reporter): ReturnType<StartJob> {
  const words = client.dialect.name === 'v3' ? 'builds' : 'jobs'
  const name = job.name ?? job.id
  try {
    await client.forProject(project).write('POST', `/${words}/${job.id}/play`)
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
 * Follows a pipeline to its end and tells the reporter of every look. Resolves to the error to end with: exit 3 for one that did not succeed, 8
 * for one whose end was not seen, 128+n after a signal; undefined for success. Throws what the output throws.
 */
export async function follow(
  followed: FollowedPipeline,
  logs: Logs | undefined,
  reports: EndReports,
  context: Context,
  report: Reporter,
): Promise<FollowResult> {
  const { client, source, plan, pace } = followed
  let last: Pipeline | undefined
  try {
    const ending = await watch(
      {
        clock: clockOf(context),
        poll: (options) =>
          source.look({
            ...pollPolicy(context, plan.pollGraceMs),
            ...options,
            leastPauseMs: () => pace.pause(context.now(), 0),
          }),
        isFailure: (error) => isApiFailure(error) || error instanceof AmbiguousBuildsError,
        async onPoll(pipeline, changes, trouble) {
          last = pipeline
          await report({ type: 'looked', pipeline, changes, now: context.now(), trouble })
          await logs?.pull(pipeline)
        },
        onTick: context.stderr.isTTY ? () => report({ type: 'ticked', now: context.now() }) : undefined,
        startJob: (job, pipeline) => play(client, job, pipeline, report),
      },
      plan,
      limitsOf(followed),
      pace,
    )
    if (ending.kind === 'over') await logs?.finish(ending.pipeline)
    const { pipeline = last, failure } = await followResult(followed, ending, context, report)
    if (ending.kind !== 'over') return await leave({ pipeline, failure }, client, reports, context, report)
    const untold = await reports.ended(ending.pipeline, client)
    return { pipeline, failure: withReportFailures(failure, untold) }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    const followup = await interrupted(followed, error, last, context, report)
    return await leave(followup, client, reports, context, report)
  }
}

/** Tells of a pipeline that is followed no more, as it was last seen. */
async function leave(
  { pipeline, failure }: FollowResult,
  client: Client,
  reports: EndReports,
  context: Context,
  report: Reporter,
): Promise<FollowResult> {
  if (!pipeline) return { pipeline, failure }
  await report({ type: 'left', pipeline, now: context.now() })
  return { pipeline, failure: withReportFailures(failure, await reports.left(pipeline, client)) }
}
