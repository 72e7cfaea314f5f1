import type { Access } from '../config/access.ts'
import type { Context } from '../core/context.ts'
import { insist, LostContact } from '../follow/retry-until-lost.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import type { Dialect } from '../gitlab/api/dialect.ts'
import type { Source } from '../gitlab/pipelines/pipeline-tree.ts'
import { Doubt } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ReadError } from '../gitlab/api/reader.ts'
import type { Target } from '../gitlab/api/requests.ts'
import { openSession } from '../http/http-session.ts'
import type { Reporter } from '../events.ts'
import { isFinished } from '../core/status.ts'
import { canceledSentence, cancelingOf, cancelTree, type Canceling } from './cancel-tree.ts'
import { patienceOf } from '../session/polling-policy.ts'
import { listenerFor, wayOf } from '../session/server-client.ts'

/** How long a canceled pipeline is looked at, in ms: its jobs take a moment to stop. */
const patienceMs = 30_000

/** A pipeline, and how to get at it. */
export interface Cancelable {
  target: Target
  dialect: Dialect
  access: Access
  /** How it is named to people. */
  name: string
  sourceFrom: (client: Client) => Source
}

/** What became of an attempt to cancel. */
export interface Canceled {
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
export async function cancelAndLook(
  { target, dialect, access, name, sourceFrom }: Cancelable,
  seen: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<Canceled> {
  const controller = new AbortController()
  const over = context.alarm(patienceMs, () => {
    controller.abort(new Error('no answer in time'))
  })
  const way = wayOf(access, context)
  const { signal } = controller
  const session = openSession(target.base, way, signal, (ms, expired) => context.alarm(ms, expired))
  const credential = access.apiToken && ({ header: 'PRIVATE-TOKEN', token: access.apiToken.value } as const)
  const own = clientFor(target, dialect, credential, session, listenerFor(report))
  const source = sourceFrom(own)
  const patience = patienceOf(context, patienceMs, signal)
  let canceling: Canceling | undefined
  try {
    await report({ type: 'noted', text: `Canceling ${name}.` })
    canceling = cancelingOf(seen ?? (await insist(() => source.look(), patience)))
    await cancelTree(own, source, canceling, true, patience)
    return { sentence: canceledSentence(canceling), isOver: true, pipeline: canceling.now }
  } catch (error) {
    const isOfServer = error instanceof ReadError || error instanceof LostContact || error instanceof Doubt
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
