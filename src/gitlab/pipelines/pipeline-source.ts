import { objectMembers } from '../api/answer.ts'
import type { Client } from '../api/client.ts'
import { positiveId } from '../api/decode.ts'
import { v4Source, type PipelineSource } from './pipeline-tree.ts'
import { pipelineSourceV3 } from './pipeline-tree-v3.ts'
import { ApiError } from '../api/reader.ts'

/** The id of the pipeline of a job (v3: build). Throws as `Client.get`; a 404 where v3 does not tell it (before 8.13). */
export async function pipelineOfJob(client: Client, job: number): Promise<number> {
  const answer = objectMembers(await client.get(`/${client.dialect.jobs}/${job}`))
  const id = positiveId(objectMembers(answer['pipeline'])['id'])
  if (id === null) throw new ApiError('this GitLab does not report the pipeline of a job', 404)
  return id
}

/** A source that reads a pipeline in the dialect of its client. */
export function sourceFor(client: Client, id: number): PipelineSource {
  return client.dialect.name === 'v3' ? pipelineSourceV3(client, id) : v4Source(client, id)
}
