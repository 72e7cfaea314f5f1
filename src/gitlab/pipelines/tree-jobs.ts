import type { Client } from '../api/client.ts'
import type { ApiError } from '../api/reader.ts'
import { decodeJobs } from './job.ts'
import type { Job, Pipeline } from './pipeline.ts'
import { inStageOrder, mayHideOrder, withFirstIds, type FirstIds } from './stage-order.ts'
import { pipelineKey, tryRead, type TreeWalk } from './tree-walk.ts'

const isForbidden = (error: ApiError | undefined): boolean => error?.status === 401 || error?.status === 403

/**
 * Resolves to the pipeline with its jobs and bridges, in the order of its stages. Where these could not be read, `hidden`
 * or `bridgesHidden` has the reason, and the jobs are those of an earlier look.
 */
export async function readJobs(client: Client, pipeline: Pipeline, walk: TreeWalk): Promise<Pipeline> {
  const path = `/pipelines/${pipeline.id}`
  const list = (name: string, isDoubted = false): ReturnType<typeof tryRead<unknown[]>> =>
    tryRead(client, `${path}/${name}`, walk, (each) => each.list(`${path}/${name}`), isDoubted)
  const [jobs, first] = await Promise.all([list('jobs'), list('bridges')])
  // Who may read the jobs may read the bridges: that these are refused may not be the last word.
  const isDoubtful = !jobs.error && isForbidden(first.error) && !walk.doubted.has(pipelineKey(pipeline))
  if (isDoubtful) walk.doubted.add(pipelineKey(pipeline))
  const bridges = isDoubtful ? await list('bridges', true) : first
  const target = { ...client.target, project: pipeline.project }
  const key = pipelineKey(pipeline)
  const before = walk.pipelines.get(key)?.jobs ?? []
  const ofList = (read: typeof jobs, isBridge: boolean): Job[] =>
    read.error ? before.filter((job) => job.isBridge === isBridge) : decodeJobs(read.found, target)
  const all = [...ofList(jobs, false), ...ofList(bridges, true)]
  const firstIds = await readFirstIds(client, { ...pipeline, jobs: all }, walk)
  walk.firstIds.set(key, firstIds)
  // Bridges came with GitLab 12.9; where there are none of them they are no loss.
  const loss = bridges.error?.status === 404 ? undefined : bridges.error
  return {
    ...pipeline,
    jobs: inStageOrder(all, firstIds),
    hidden: jobs.error?.message ?? '',
    hiddenBy: jobs.error ?? loss,
    ...(loss && { bridgesHidden: loss.message }),
  }
}

/**
 * The first ids of the jobs of a pipeline: what earlier looks have seen, and, once, what retries have replaced before
 * the first of them, where these may hide the order.
 */
async function readFirstIds(client: Client, pipeline: Pipeline, walk: TreeWalk): Promise<FirstIds> {
  const known = walk.firstIds.get(pipelineKey(pipeline)) ?? new Map<string, number>()
  const first = withFirstIds(known, pipeline.jobs)
  if (!mayHideOrder(pipeline, known)) return first
  const path = `/pipelines/${pipeline.id}/jobs?include_retried=true`
  const replaced = await tryRead(client, path, walk, (each) => each.list(path))
  return replaced.error ? first : withFirstIds(first, decodeJobs(replaced.found, client.target))
}
