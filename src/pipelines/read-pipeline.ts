import { insist, LostContact, type Patience } from '../follow/retry-until-lost.ts'
import type { Client } from '../gitlab/api/client.ts'
import { sourceOf } from '../gitlab/pipelines/pipeline-source.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ReadError } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { reading, refusedOf, type OpenPipeline, type Purpose } from './open-pipeline.ts'

/** An error of something that was to be done with an open pipeline, as a TriggerError where it is the server's; any other as it is. */
export function refusalIn(
  error: unknown,
  { wanted, client, id, first }: OpenPipeline,
  purpose: Purpose,
  { credential }: Pick<Client, 'credential'> = client,
): unknown {
  const cause = error instanceof LostContact ? error.cause : error
  if (!(cause instanceof ReadError)) return error
  const page = { ...wanted, kind: 'pipeline', id } as const
  return refusedOf(cause, page, wanted.access, credential, purpose, buildStateOf(first))
}

/** One look at an open pipeline, with everything below it. Faults that pass are lived with. Throws a TriggerError where it is refused (4) or not reached (6). */
export async function lookAt(open: OpenPipeline, patience: Patience): Promise<Pipeline> {
  const source = sourceOf(open.client, open.id)
  try {
    return await insist(() => source.look(), patience)
  } catch (error) {
    throw refusalIn(error, open, reading)
  }
}
