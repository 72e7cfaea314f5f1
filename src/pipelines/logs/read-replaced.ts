import { pipelinesIn } from '../../follow/changes.ts'
import type { RequestTurn } from '../../http/request-rate.ts'
import type { ReplacedJobs } from '../../follow/timeline/timed-jobs.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { ApiError } from '../../gitlab/api/reader.ts'
import { decodeJobs } from '../../gitlab/pipelines/job.ts'
import { replacedBuilds } from '../../gitlab/pipelines/pipeline-tree-v3.ts'
import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'

async function replacedIn(client: Client, pipeline: Pipeline): Promise<Job[]> {
  if (client.dialect.name === 'v3') return replacedBuilds(client, pipeline)
  const own = client.forProject(pipeline.project)
  const all = await own.list(`/pipelines/${pipeline.id}/jobs?include_retried=true`)
  return decodeJobs(all, own.target).filter(({ id }) => !pipeline.jobs.some((job) => job.id === id))
}

/**
 * Reads the jobs of a tree that retries have replaced, which GitLab does not list otherwise (docs/gitlab.md#4.1).
 * Each list is read in its `turn`. Resolves also to why they could not be read of some pipeline; '' where they were.
 */
export async function readReplaced(
  client: Client,
  root: Pipeline,
  turn: RequestTurn,
): Promise<{ replaced: ReplacedJobs; hidden: string }> {
  const known = new Map<Pipeline, Job[]>()
  let hidden = ''
  for (const pipeline of pipelinesIn(root).filter((each) => each.hidden === '')) {
    await turn()
    try {
      known.set(pipeline, await replacedIn(client, pipeline))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      hidden = `of pipeline ${pipeline.id}: ${error.message}`
    }
  }
  return { replaced: (pipeline) => known.get(pipeline) ?? [], hidden }
}
