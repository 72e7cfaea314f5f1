import { Interrupted } from '../core/errors.ts'
import type { Reporter } from '../events.ts'
import { endOf, type Limits } from '../follow/limits.ts'
import type { StartJob } from '../follow/manual-jobs.ts'
import { watch } from '../follow/watch.ts'
import type { WatchResult } from '../follow/watcher.ts'
import { confirmedBy } from '../gitlab/api/change-error.ts'
import type { Client } from '../gitlab/api/client.ts'
import { ApiError, isApiFailure } from '../gitlab/api/reader.ts'
import { AmbiguousBuildsError } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { withReportFailures } from '../reports/reports.ts'
import { requestTurn } from '../http/request-rate.ts'
import { clockOf, pollPolicy } from '../session/poll-policy.ts'
import { requestLimits } from '../session/retry-policy.ts'
import { finishLogs } from './logs/finish-logs.ts'
import { parallelLogs } from './logs/parallel-logs.ts'
import { thoroughLook } from './thorough-look.ts'
import { followResult } from './follow-result.ts'
import { cancelAtLimit, endAfterCancel, interrupted } from './stop-following.ts'
import {
  totalOf,
  type FollowContext,
  type FollowedPipeline,
  type FollowResult,
  type Logs,
} from './followed.ts'

function limitsOf(followed: FollowedPipeline, following: FollowContext): Limits {
  const { queueMs, runMs, retryGraceMs } = following.plan
  return { queueMs, runMs, retryGraceMs, total: totalOf(followed, following) }
}

/**
 * Begins to count the time for what comes after following: the last of the logs, reports, the result. After a
 * limit that was reached there is none left, unless the end was seen all the same.
 */
function limitRest(
  followed: FollowedPipeline,
  { kind }: WatchResult,
  isRaced: boolean,
  following: FollowContext,
): void {
  const { budget } = followed
  const { context, plan } = following
  const { reportMs } = plan
  const total = totalOf(followed, following)
  const now = context.now()
  if (kind === 'limit') budget.endBy(now, 'the time limit')
  if (total && !isRaced) budget.endBy(endOf(total), `the time limit of ${total.ms / 1000} s (${total.flag})`)
  budget.endBy(now + reportMs, `the time limit of ${reportMs / 1000} s (--report-timeout)`)
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
  const { client, source, interval, budget } = followed
  const { plan, reports, context, report } = following
  let last: Pipeline | undefined
  const rest = logs && parallelLogs(logs, context)
  const look = thoroughLook(source, plan)
  const clock = clockOf(context, budget.signal)
  // What loops over jobs and pipelines keeps to the rate limit, as polls do.
  const paced = client.within({ ...requestLimits(context, budget), turn: requestTurn(interval, clock) })
  try {
    const watched = await watch(
      {
        clock,
        serverNow: followed.serverNow,
        poll: (options) =>
          look(
            {
              ...pollPolicy(context, plan.pollGraceMs, budget.signal),
              ...options,
              leastPauseMs: () => interval.pause(context.now(), 0),
            },
            options.onRoot,
          ),
        isFailure: (error) => isApiFailure(error) || error instanceof AmbiguousBuildsError,
        async onPoll(pipeline, changes, trouble) {
          last = pipeline
          await report({ type: 'looked', pipeline, changes, now: context.wallTime(), trouble })
          await rest?.pull(pipeline)
        },
        onTick: following.showsTime ? () => report({ type: 'ticked', now: context.wallTime() }) : undefined,
        onNote: (text) => report({ type: 'noted', text }),
        startJob: (job, pipeline) => play(paced, job, pipeline, report),
      },
      plan,
      limitsOf(followed, following),
      interval,
    )
    const canceled = await cancelAtLimit(followed, watched, following)
    const ending = endAfterCancel(watched, canceled, following)
    limitRest(followed, ending, ending !== watched, following)
    const unread =
      ending.kind === 'over' ? await finishLogs(rest, ending.pipeline, followed, following) : undefined
    const { pipeline = last, failure } = await followResult(followed, ending, canceled, following)
    if (ending.kind !== 'over') return await leave({ pipeline, failure }, client, following)
    const lost = await reports.ended(ending.pipeline, paced)
    return { pipeline, failure: withReportFailures(withReportFailures(failure, unread), lost), unread }
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
  await report({ type: 'left', pipeline, now: context.wallTime() })
  return { pipeline, failure: withReportFailures(failure, await reports.left(pipeline, client)) }
}
