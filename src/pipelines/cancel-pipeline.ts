import type { ServerSettings } from '../config/access.ts'
import type { Context } from '../core/context.ts'
import { LostContact } from '../http/retry/grace.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import type { Dialect } from '../gitlab/api/dialect.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import { AmbiguousBuildsError } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import type { ProjectAddress } from '../gitlab/api/requests.ts'
import { openHttpSession } from '../http/http-session.ts'
import type { Reporter } from '../events.ts'
import { isFinished } from '../core/status.ts'
import { canceledSentence, cancelingOf, cancelTree, type CancelProgress } from './cancel-tree.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import { transportOptions } from '../session/server-client.ts'
import { sessionOptions } from '../session/retry-policy.ts'

/** How long a canceled pipeline is looked at, in ms: its jobs take a moment to stop. */
const patienceMs = 30_000

/** A pipeline, and how to get at it. */
export interface CancelTarget {
  target: ProjectAddress
  dialect: Dialect
  access: ServerSettings
  /** How it is named to people. */
  name: string
  sourceFrom: (client: Client) => PipelineSource
}

/** What became of an attempt to cancel. */
export interface CancelResult {
  sentence: string
  /** Nothing of it runs any more. */
  isOver: boolean
  /** As it was last seen; undefined where it was not seen. */
  pipeline: Pipeline | undefined
}

/**
 * Cancels a pipeline and what is downstream of it, with a session of its own, since that of the watch may have been ended; a second
 * signal ends the process at once. Never throws for what the server does.
 */
export async function cancelAndConfirm(
  { target, dialect, access, name, sourceFrom }: CancelTarget,
  seen: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<CancelResult> {
  const controller = new AbortController()
  const over = context.alarm(patienceMs, () => {
    controller.abort(new Error('no answer in time'))
  })
  const way = transportOptions(access, context)
  const { signal } = controller
  const options = sessionOptions(0, context, { signal, deadline: context.now() + patienceMs }, report)
  const session = openHttpSession(target.base, { ...options, transport: way })
  const credential = access.apiToken && ({ header: 'PRIVATE-TOKEN', token: access.apiToken.value } as const)
  const own = clientFor(target, dialect, credential, session)
  const source = sourceFrom(own)
  const patience = pollPolicy(context, patienceMs, signal)
  let canceling: CancelProgress | undefined
  try {
    await report({ type: 'noted', text: `Canceling ${name}.` })
    canceling = cancelingOf(seen ?? (await source.look(patience)))
    await cancelTree(own, source, canceling, true, patience)
    return { sentence: canceledSentence(canceling), isOver: true, pipeline: canceling.now }
  } catch (error) {
    const isOfServer =
      error instanceof ApiError || error instanceof LostContact || error instanceof AmbiguousBuildsError
    if (!signal.aborted && !isOfServer) throw error
    if (canceling && canceling.pipelines.length > 0) {
      const { now } = canceling
      return { sentence: canceledSentence(canceling), isOver: isFinished(now.status), pipeline: now }
    }
    const why = error instanceof Error ? error.message : 'no answer'
    return {
      sentence: `${name} may not have been canceled: ${why}.`,
      isOver: false,
      pipeline: canceling?.now ?? seen,
    }
  } finally {
    over()
    session.close()
  }
}
