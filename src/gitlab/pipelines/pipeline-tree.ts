import type { Client } from '../api/client.ts'
import { isFinished } from '../../core/status.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import { readPipeline, type Downstream, type Job, type Pipeline } from './pipeline.ts'
import { readJobs } from './tree-jobs.ts'
import { emptyMemory, pipelineKey, tryRead, type TreeWalk } from './tree-walk.ts'

/** Reads one pipeline repeatedly. */
export interface PipelineSource {
  /**
   * Resolves to the pipeline as it is now, with everything downstream that may be read; with a `poll`, polled. Throws as `Client.get` for the pipeline itself.
   * `onRoot` is called with the pipeline itself, before its jobs are read. `isThorough`: no part is believed to be refused, or given up, by its
   * first answers.
   */
  look(poll?: PollPolicy, onRoot?: (root: Pipeline) => void, isThorough?: boolean): Promise<Pipeline>
}

/** At most this deep, and this many pipelines in one look: GitLab allows two levels of children, projects may trigger one another further. */
const deepest = 20
const mostPipelines = 100

/** After this many looks that may not read a project it is not asked for any more. */
const mostHiddenLooks = 3

/**
 * Whether a pipeline is as it was read. One that has ended changes when a user retries or starts something, and may have ended
 * again by the next look, with other jobs: only the time of the change tells.
 */
function isUnchanged(
  { status, updatedAt = null, hidden, bridgesHidden = '' }: Pipeline,
  now: Downstream,
): boolean {
  const isKnown = isFinished(status) && hidden + bridgesHidden === ''
  return isKnown && status === now.status && updatedAt === (now.updatedAt ?? null)
}

async function readBelow(
  client: Client,
  below: Downstream,
  walk: TreeWalk,
  depth: number,
): Promise<Downstream> {
  const key = pipelineKey(below)
  const known = walk.pipelines.get(key)
  const own = client.forProject(below.project)
  const isTooDeep = depth > deepest || walk.seen.size >= mostPipelines || walk.seen.has(key)
  if (known && isUnchanged(known, below)) {
    // What it has started may have changed all the same.
    const isLeaf = known.jobs.every(({ isBridge }) => !isBridge)
    return { ...below, pipeline: isLeaf || isTooDeep ? known : await readBranches(own, known, walk, depth) }
  }
  const hidden = walk.hidden.get(below.project)
  if (hidden && hidden.looks >= mostHiddenLooks && !walk.isThorough)
    return { ...below, hidden: hidden.error.message, hiddenBy: hidden.error }
  if (isTooDeep) return { ...below, hidden: 'too deep' }
  const read = await tryRead(own, `/pipelines/${below.id}`, walk, (each) => readPipeline(each, below.id))
  if (!read.error) {
    walk.hidden.delete(below.project)
    const pipeline = await readBranches(own, read.found, walk, depth)
    return { ...below, status: pipeline.status, pipeline }
  }
  const { error } = read
  const { message, isRefusal, status } = error
  // What fails below is no reason to know nothing of what is above. Its jobs are those of an earlier look.
  if (!isRefusal && known)
    return { ...below, pipeline: { ...known, status: below.status, hidden: message, hiddenBy: error } }
  if (!isRefusal) return { ...below, hidden: message, hiddenBy: error }
  // A 404 may be a replica of the database that lags behind, a page no word of GitLab's.
  if (status !== 404) walk.hidden.set(below.project, { error, looks: (hidden?.looks ?? 0) + 1 })
  return { ...below, hidden: message, hiddenBy: error }
}

/** The jobs of a pipeline, and what is below them. It was read before them, so that the jobs of one that has ended have ended too. */
async function readBranches(
  client: Client,
  root: Pipeline,
  walk: TreeWalk,
  depth: number,
): Promise<Pipeline> {
  walk.seen.add(pipelineKey(root))
  const pipeline = await readJobs(client, root, walk)
  const jobs = await Promise.all(
    pipeline.jobs.map(async (job): Promise<Job> => {
      const { downstream } = job
      return downstream ? { ...job, downstream: await readBelow(client, downstream, walk, depth + 1) } : job
    }),
  )
  const whole = { ...pipeline, jobs }
  walk.pipelines.set(pipelineKey(whole), whole)
  return whole
}

/** Reads a v4 pipeline and everything downstream of it, in projects that the credential may read. */
export function v4Source(client: Client, id: number): PipelineSource {
  const known = emptyMemory()
  return {
    async look(poll, onRoot, isThorough = false) {
      const walk: TreeWalk = { ...known, seen: new Set(), poll, isThorough }
      const root = await readPipeline(client.with({ poll }), id)
      onRoot?.(root)
      return readBranches(client, root, walk, 0)
    },
  }
}
