import { ApiError } from '../../gitlab/api/reader.ts'
import { sourceFor } from '../../gitlab/pipelines/pipeline-source.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { LostContact, type PollPolicy } from '../../http/retry/grace.ts'
import type { RequestTurn } from '../../http/request-rate.ts'
import { withReplacedJobs } from './log-selection.ts'
import { reading, refusalError, type OpenPipeline } from '../open-pipeline.ts'
import { lostPipelineError } from '../open-pipelines.ts'

/** For how long reads may fail where no pipeline is followed, in ms: longer than one request may take. */
export const shortGraceMs = 90_000

/**
 * Reads an open pipeline to print its logs, with the jobs that are named by `words` and that a retry has replaced. Throws a TriggerError where that is
 * refused (exit 4) or the server is not reached (6).
 */
export async function pipelineForLogs(
  { client, id, reference }: OpenPipeline,
  words: readonly string[],
  poll: PollPolicy,
  turn: RequestTurn,
): Promise<Pipeline> {
  try {
    await turn()
    const seen = await sourceFor(client, id).look(poll)
    return await withReplacedJobs(client.with({ poll }), seen, words, turn)
  } catch (error) {
    if (error instanceof LostContact) throw lostPipelineError(reference, error)
    if (error instanceof ApiError) throw refusalError(error, reference, client.credential, reading)
    throw error
  }
}
