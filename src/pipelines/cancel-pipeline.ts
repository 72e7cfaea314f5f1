import type { ServerSettings } from '../config/access.ts'
import type { Context } from '../core/context.ts'
import { isFinished } from '../core/status.ts'
import type { Reporter } from '../events.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
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
import { transportOptions } from '../session/server-client.ts'
import { canceledSentence, cancelingOf, cancelTree, type CancelProgress } from './cancel-tree.ts'

/** The limit for canceling and confirming, in ms: jobs take a moment to stop. */
const limitMs = 30_000

/** A pipeline that can be canceled. */
export interface CancelTarget {
  target: ProjectAddress
  dialect: Dialect
  access: ServerSettings
  /** Its name in sentences, as `Pipeline 4711`. */
  name: string
  sourceFrom: (client: Client) => PipelineSource
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
 * own, since those of the caller may have been ended; a second signal ends the process at once. What the
 * server does is in the result; throws only what the output throws.
 */
export async function cancelAndConfirm(
  { target, dialect, access, name, sourceFrom }: CancelTarget,
  seen: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<CancelResult> {
  const controller = new AbortController()
  const stopAlarm = context.alarm(limitMs, () => {
    controller.abort(new Error('no answer in time'))
  })
  const { signal } = controller
  const limits = { signal, deadline: context.now() + limitMs }
  const session = openHttpSession(target.base, {
    ...sessionOptions(0, context, limits, report),
    transport: transportOptions(access, context),
  })
  const credential = access.apiToken && ({ header: 'PRIVATE-TOKEN', token: access.apiToken.value } as const)
  const client = clientFor(target, dialect, credential, session)
  const source = sourceFrom(client)
  const polling = pollPolicy(context, limitMs, signal)
  let progress: CancelProgress | undefined
  try {
    await report({ type: 'noted', text: `Canceling ${name}.` })
    progress = cancelingOf(seen ?? (await source.look(polling)))
    await cancelTree(client, source, progress, true, polling)
    return { sentence: canceledSentence(progress), isOver: true, pipeline: progress.now }
  } catch (error) {
    const isOfServer =
      error instanceof ApiError || error instanceof LostContact || error instanceof AmbiguousBuildsError
    if (!signal.aborted && !isOfServer) throw error
    if (progress && progress.pipelines.length > 0) {
      const { now } = progress
      return { sentence: canceledSentence(progress), isOver: isFinished(now.status), pipeline: now }
    }
    const why = error instanceof Error ? error.message : 'no answer'
    return {
      sentence: `${name} may not have been canceled: ${why}.`,
      isOver: false,
      pipeline: progress?.now ?? seen,
    }
  } finally {
    stopAlarm()
    session.close()
  }
}
