import type { Access } from '../config/access.ts'
import type { Context } from '../context.ts'
import { nameOf } from '../follow/verdict.ts'
import { requestCancel } from '../gitlab/cancel.ts'
import { clientFor } from '../gitlab/client.ts'
import type { Dialect } from '../gitlab/dialect.ts'
import type { Pipeline } from '../gitlab/pipeline.ts'
import { sourceOf } from '../gitlab/pipeline-at.ts'
import { ReadError } from '../gitlab/read.ts'
import type { Target } from '../gitlab/requests.ts'
import { openSession } from '../http/session.ts'
import type { Reporter } from '../output/events.ts'
import { isFinished } from '../status.ts'
import { listenerFor, wayOf } from './server-access.ts'

/** How long a canceled pipeline is looked at, in ms: its jobs take a moment to stop. */
const patienceMs = 30_000
const pauseMs = 1000

/** What became of an attempt to cancel, as a sentence: GitLab answers 200 also where nothing could be canceled. */
export function canceledSentence(before: Pipeline, now: Pipeline, refusals: readonly string[]): string {
  const name = nameOf(now)
  const rest = refusals.length === 0 ? '' : `; not canceled: ${refusals.join('; ')}`
  if (isFinished(before.status)) return `${name} was over already: ${before.status}${rest}.`
  if (now.status === 'canceled') return `${name} was canceled${rest}.`
  if (isFinished(now.status)) return `${name} was over before it could be canceled: ${now.status}${rest}.`
  return now.status === 'canceling'
    ? `${name} is being canceled${rest}.`
    : `${name} was asked to cancel, and is still ${now.status}${rest}.`
}

/** A pipeline, and how to get at it. */
export interface Cancelable {
  target: Target
  dialect: Dialect
  access: Access
  id: number
}

/**
 * Cancels a pipeline and what is downstream of it, with a session of its own, since that of the watch may have been ended; a second
 * signal ends the process at once. Resolves to a sentence on what became of it; never throws for what the server does.
 */
export async function cancelAndLook(
  { target, dialect, access, id }: Cancelable,
  seen: Pipeline | undefined,
  context: Context,
  report: Reporter,
): Promise<string> {
  const controller = new AbortController()
  const over = context.alarm(patienceMs, () => {
    controller.abort(new Error('no answer in time'))
  })
  const way = wayOf(access, context)
  const { signal } = controller
  const session = openSession(target.base, way, signal, (ms, expired) => context.alarm(ms, expired))
  const credential = access.apiToken && ({ header: 'PRIVATE-TOKEN', token: access.apiToken.value } as const)
  const own = clientFor(target, dialect, credential, session, listenerFor(report))
  const sleep = (ms: number): Promise<void> => context.sleep(ms, signal)
  const source = sourceOf(own, id)
  try {
    await report({ type: 'noted', text: `Canceling pipeline ${id}.` })
    const pipeline = seen ?? (await source.look())
    const refusals = await requestCancel(own, pipeline, true, sleep)
    let now = pipeline
    do {
      await sleep(pauseMs)
      now = await source.look()
    } while (!isFinished(now.status) && !signal.aborted)
    return canceledSentence(pipeline, now, refusals)
  } catch (error) {
    if (!signal.aborted && !(error instanceof ReadError)) throw error
    const why = error instanceof Error ? error.message : 'no answer'
    return `Pipeline ${id} may not have been canceled: ${why}.`
  } finally {
    over()
    session.close()
  }
}
