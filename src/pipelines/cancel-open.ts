import { DeadlineError, TriggerError } from '../core/errors.ts'
import { isApiFailure, UnconfirmedChange } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import { cancelingOf, cancelTree, type CancelPace, type CancelProgress } from './cancel-tree.ts'
import { changerOf, changing, notConfirmed, type OpenPipeline } from './open-pipeline.ts'
import { asRefusal } from './read-pipeline.ts'

/** What became of an attempt that was ended, by `why`, once GitLab had been asked: exit 8. */
function endNotSeen({ before, now }: CancelProgress, why: string, statusCommand: string): TriggerError {
  return new TriggerError({
    exit: 'endNotSeen',
    message: `pipeline ${before.id} was asked to cancel, and was ${now.status} when it was last read: ${why}`,
    hint: `Its jobs may take a moment to stop. To check again: ${statusCommand}`,
    build: buildStateOf(now),
  })
}

/** Cancels an open pipeline and polls until it has finished. Throws if that is refused (exit 4), or it did not finish in time (8). */
export async function cancelOpen(
  open: OpenPipeline,
  withDownstream: boolean,
  pace: CancelPace,
): Promise<CancelProgress> {
  const client = changerOf(open)
  const source = sourceFor(open.client, open.id)
  let canceling: CancelProgress | undefined
  try {
    canceling = cancelingOf(await source.look())
    await cancelTree(client, source, canceling, withDownstream, pace)
    return canceling
  } catch (error) {
    const isOfServer = isApiFailure(error)
    const isAsked = canceling !== undefined && canceling.pipelines.length > 0
    if (canceling && isAsked && (isOfServer || error instanceof DeadlineError)) {
      throw endNotSeen(canceling, error.message, open.statusCommand())
    }
    if (error instanceof UnconfirmedChange) throw notConfirmed(open, error, 'canceled')
    throw asRefusal(error, open, changing, client)
  }
}
