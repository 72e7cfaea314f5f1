import type { ServerSettings } from '../config/access.ts'
import { startBudget } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError } from '../core/errors.ts'
import { isFinished } from '../core/status.ts'
import type { Reporter } from '../events.ts'
import { pollInterval, type PollInterval } from '../follow/poll-interval.ts'
import { requestCostMs } from '../http/request-rate.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import { cancelCount } from '../gitlab/pipelines/cancel.ts'
import type { Dialect } from '../gitlab/api/dialect.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import type { ProjectAddress } from '../gitlab/api/requests.ts'
import { AmbiguousBuildsError } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { openHttpSession } from '../http/http-session.ts'
import { LostContact } from '../http/retry/grace.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import { sessionOptions } from '../session/retry-policy.ts'
import { pacing, transportOptions } from '../session/server-client.ts'
import { canceledSentence, cancelingOf, cancelTree, type CancelProgress } from './cancel-tree.ts'

/** The limit for canceling and confirming, in ms: jobs take a moment to stop. */
const limitMs = 30_000
/** At most this many pipelines are canceled at once; each one more has its time. */
const fastRequests = 10

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'no answer')

/** A pipeline that can be canceled. */
export interface CancelTarget {
  target: ProjectAddress
  dialect: Dialect
  access: ServerSettings
  /** Its name in sentences, as `Pipeline 4711`. */
  name: string
  sourceFrom: (client: Client) => PipelineSource
  /** What its server allows, where it was polled before; a new one by default. */
  interval?: PollInterval
}

/** What became of an attempt to cancel. */
export interface CancelResult {
  sentence: string
  /** No job of it runs any more. */
  isOver: boolean
  /** As it was last seen; undefined where it was not seen. */
  pipeline: Pipeline | undefined
}

/**
 * Cancels a pipeline and what is downstream of it, and confirms that it stops. It uses connections of its
 * own, since those of the caller may have been ended, and a limit of its own; a signal ends it. What the
 * server does is in the result.
 */
export async function cancelAndConfirm(
  { target, dialect, access, name, sourceFrom, interval: known }: CancelTarget,
  seen: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<CancelResult> {
  // It has a limit of its own: canceling does not wait for a slow reader of the output. The signal that was the reason to cancel does not end it.
  const { interrupted } = context
  const ownLimitMs = limitMs + requestCostMs * Math.max(0, (seen ? cancelCount(seen) : 0) - fastRequests)
  const limits = startBudget(
    {
      now: () => context.now(),
      alarm: (ms, ring) => context.alarm(ms, ring),
      interrupted: interrupted.aborted ? new AbortController().signal : interrupted,
    },
    ownLimitMs,
  )
  const { signal } = limits
  const interval = known ?? pollInterval(undefined, () => context.random())
  const options = sessionOptions(0, context, limits, report)
  const session = openHttpSession(target.base, {
    ...options,
    listen: pacing(interval, options.listen, context),
    transport: transportOptions(access, context),
  })
  const credential = access.apiToken && ({ header: 'PRIVATE-TOKEN', token: access.apiToken.value } as const)
  const client = clientFor(target, dialect, credential, session)
  const source = sourceFrom(client)
  const polling = pollPolicy(context, ownLimitMs, signal)
  let progress: CancelProgress | undefined
  try {
    void report({ type: 'noted', text: `Canceling ${name}.` })
    progress = cancelingOf(seen ?? (await source.look(polling)))
    const pace = { poll: polling, interval, until: limits.deadline }
    await cancelTree(client, source, progress, true, pace)
    return { sentence: canceledSentence(progress), isOver: true, pipeline: progress.now }
  } catch (error) {
    const isOfServer =
      error instanceof ApiError || error instanceof LostContact || error instanceof AmbiguousBuildsError
    if (!signal.aborted && !isOfServer) throw error
    if (progress && progress.pipelines.length > 0) {
      const { now } = progress
      return { sentence: canceledSentence(progress), isOver: isFinished(now.status), pipeline: now }
    }
    const why = signal.reason instanceof DeadlineError ? 'no answer in time' : messageOf(error)
    return {
      sentence: `${name} may not have been canceled: ${why}.`,
      isOver: false,
      pipeline: progress?.now ?? seen,
    }
  } finally {
    limits.end()
    session.close()
  }
}
