import type { PollPolicy } from '../http/retry/grace.ts'
import { pipelineName } from '../follow/verdict.ts'
import { requestCancel, type CancelRequests } from '../gitlab/pipelines/cancel.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'

/** How canceling goes on; grows while it does, so that what is true can be said whenever it is ended. */
export interface CancelProgress extends CancelRequests {
  /** As it was before. */
  before: Pipeline
  now: Pipeline
}

/** The beginning of canceling a pipeline that was just seen. */
export function cancelingOf(before: Pipeline): CancelProgress {
  return { before, now: before, pipelines: [], paths: new Set(), refusals: [] }
}

const pauseMs = 1000
/** What waits for a person is not canceled by GitLab, and ends for no look; so often it must be seen so, since a job may be on its way. */
const looksAtRest = 2

/**
 * Cancels a pipeline, with what is downstream of it if that is wanted, and looks until it is over, or nothing of it runs; what it starts meanwhile is canceled too. Faults
 * of looks are lived with. Throws a ReadError where it is refused, a LostContact, and what ends the patience's clock.
 */
export async function cancelTree(
  client: Client,
  source: PipelineSource,
  canceling: CancelProgress,
  withDownstream: boolean,
  patience: PollPolicy,
): Promise<void> {
  let atRest = 0
  for (;;) {
    await requestCancel(client, canceling.now, withDownstream, canceling)
    if (isFinished(canceling.now.status) || atRest === looksAtRest) return
    // Also the first time: a job that runs takes a moment to stop.
    await patience.clock.sleep(pauseMs)
    canceling.now = await source.look(patience)
    atRest = canceling.now.status === 'manual' ? atRest + 1 : 0
  }
}

/** What became of it, as a sentence: GitLab answers 200 also where nothing could be canceled. */
export function canceledSentence({ before, now, pipelines, refusals }: CancelProgress): string {
  const name = pipelineName(now)
  const rest = refusals.length === 0 ? '' : `; not canceled: ${refusals.join('; ')}`
  if (isFinished(before.status)) {
    const below = pipelines.filter(({ id }) => id !== before.id).map(({ id }) => id)
    const also = below.length === 0 ? '' : `; what it had started was asked to cancel: ${below.join(', ')}`
    return `${name} was over already: ${before.status}${also}${rest}.`
  }
  if (now.status === 'canceled') return `${name} was canceled${rest}.`
  if (isFinished(now.status)) return `${name} was over before it could be canceled: ${now.status}${rest}.`
  if (now.status === 'manual')
    return `${name} waits for a person, which GitLab does not cancel; nothing of it runs${rest}.`
  return now.status === 'canceling'
    ? `${name} is being canceled${rest}.`
    : `${name} was asked to cancel, and is still ${now.status}${rest}.`
}
