import { LostContact } from '../http/retry/grace.ts'
import type { Client } from '../gitlab/api/client.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { reading, refusalError, type OpenPipeline, type Purpose } from './open-pipeline.ts'

/** An error of something that was to be done with an open pipeline, as a TriggerError where it is the server's; any other as it is. */
export function asRefusal(
  error: unknown,
  { wanted, client, id, first }: OpenPipeline,
  purpose: Purpose,
  { credential }: Pick<Client, 'credential'> = client,
): unknown {
  const cause = error instanceof LostContact ? error.cause : error
  if (!(cause instanceof ApiError)) return error
  const page = { ...wanted, kind: 'pipeline', id } as const
  return refusalError(cause, page, wanted.access, credential, purpose, buildStateOf(first))
}

/** An open pipeline as it is now, with everything below it. Throws a TriggerError where it is refused (4) or not reached (6). */
export async function readPipelineTree(open: OpenPipeline): Promise<Pipeline> {
  const source = sourceFor(open.client, open.id)
  try {
    return await source.look()
  } catch (error) {
    throw asRefusal(error, open, reading)
  }
}
