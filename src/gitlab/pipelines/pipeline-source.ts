import { membersOf } from '../api/answer.ts'
import type { Client } from '../api/client.ts'
import { safeId } from '../api/decode.ts'
import { pipelineSource, type Source } from './pipeline-tree.ts'
import { pipelineSourceV3 } from './pipeline-tree-v3.ts'
import { ReadError } from '../api/reader.ts'

/** The id of the pipeline of a job (v3: build). Throws as `Client.get`; a 404 where v3 does not tell it (before 8.13). */
export async function pipelineOfJob(client: Client, job: number): Promise<number> {
  const path = client.dialect.name === 'v3' ? `/builds/${job}` : `/jobs/${job}`
  const id = safeId(membersOf(membersOf(await client.get(path))['pipeline'])['id'])
  if (id === null) throw new ReadError('this GitLab does not tell the pipeline of a job', 404)
  return id
}

/** Looks at a pipeline in the dialect of its client. */
export function sourceOf(client: Client, id: number): Source {
  return client.dialect.name === 'v3' ? pipelineSourceV3(client, id) : pipelineSource(client, id)
}
