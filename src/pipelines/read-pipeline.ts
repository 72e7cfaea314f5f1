import type { Client } from '../gitlab/api/client.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { LostContact } from '../http/retry/grace.ts'
import { reading, refusalError, type OpenPipeline, type Purpose } from './open-pipeline.ts'

/**
 * Turns an error of a request about an open pipeline into a TriggerError that explains it; returns any other
 * error as it is.
 */
export function asRefusal(
  error: unknown,
  { reference, client, id, first }: OpenPipeline,
  purpose: Purpose,
  { credential }: Pick<Client, 'credential'> = client,
): unknown {
  const cause = error instanceof LostContact ? error.cause : error
  if (!(cause instanceof ApiError)) return error
  return refusalError(cause, { ...reference, kind: 'pipeline', id }, credential, purpose, buildStateOf(first))
}

/**
 * Reads an open pipeline once, with its jobs and everything downstream. Throws a TriggerError where that is
 * refused (exit 4) or the server is not reached (6).
 */
export async function readPipelineTree(open: OpenPipeline): Promise<Pipeline> {
  const source = sourceFor(open.client, open.id)
  try {
    return await source.look()
  } catch (error) {
    throw asRefusal(error, open, reading)
  }
}
