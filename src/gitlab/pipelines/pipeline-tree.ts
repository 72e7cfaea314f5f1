import type { Client } from '../api/client.ts'
import { decodeJobs } from './job.ts'
import { readPipeline, type Downstream, type Job, type Pipeline } from './pipeline.ts'
import { ApiError } from '../api/reader.ts'
import { isFinished } from '../../core/status.ts'

/** Looks at one pipeline again and again. */
export interface PipelineSource {
  /** What there is now, with everything below it that may be read. Throws a ReadError for the pipeline itself, an abort's reason. */
  look(): Promise<Pipeline>
}

/** So deep, and so many pipelines in one look: GitLab allows two levels of children, projects may trigger one another further. */
const deepest = 20
const mostPipelines = 100

/** So often in a row a list may fail before the look goes on without it: of huge pipelines some take the server too long. */
const mostFaults = 3

/** What earlier looks have learned. */
interface Known {
  /** Pipelines as they were last seen, by project and id. */
  pipelines: Map<string, Pipeline>
  /** Projects that may not be read, and why. */
  hidden: Map<string, string>
  /** How often a list has failed in a row. */
  faults: Map<string, number>
}

interface Walk extends Known {
  seen: Set<string>
}

/** A list that may be refused, or fail, apart from its pipeline; a fault is thrown on at first. */
async function listOr(
  client: Client,
  path: string,
  { faults }: Walk,
): Promise<{ entries: unknown[] | undefined; refusal: string }> {
  const key = `${client.target.project}${path}`
  try {
    const entries = await client.list(path)
    faults.delete(key)
    return { entries, refusal: '' }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const count = (faults.get(key) ?? 0) + 1
    faults.set(key, count)
    if (error.isPassing && count < mostFaults) throw error
    return { entries: undefined, refusal: error.message }
  }
}

async function readJobs(client: Client, pipeline: Pipeline, walk: Walk): Promise<Pipeline> {
  const path = `/pipelines/${pipeline.id}`
  const [jobs, bridges] = await Promise.all([
    listOr(client, `${path}/jobs`, walk),
    // Bridges came with GitLab 12.9; where there are none of them they are no loss.
    listOr(client, `${path}/bridges`, walk),
  ])
  const target = { ...client.target, project: pipeline.project }
  const before = walk.pipelines.get(keyOf(pipeline))?.jobs ?? []
  const ofList = (entries: unknown[] | undefined, isBridge: boolean): Job[] =>
    entries ? decodeJobs(entries, target) : before.filter((job) => job.isBridge === isBridge)
  const all = [...ofList(jobs.entries, false), ...ofList(bridges.entries, true)].sort((a, b) => a.id - b.id)
  return { ...pipeline, jobs: all, hidden: jobs.refusal }
}

const keyOf = ({ project, id }: Pick<Pipeline, 'project' | 'id'>): string => `${project}/${id}`

/** Nothing of it changes any more until somebody retries or starts something. */
function isSettled({ status, jobs, hidden }: Pipeline): boolean {
  const below = jobs.flatMap(({ downstream }) => downstream?.pipeline ?? [])
  return isFinished(status) && hidden === '' && below.every(isSettled)
}

async function readBelow(client: Client, below: Downstream, walk: Walk, depth: number): Promise<Downstream> {
  const key = keyOf(below)
  const known = walk.pipelines.get(key)
  if (known?.status === below.status && isSettled(known)) return { ...below, pipeline: known }
  const hidden = walk.hidden.get(below.project)
  if (hidden !== undefined) return { ...below, hidden }
  if (depth > deepest || walk.seen.size >= mostPipelines || walk.seen.has(key)) {
    return { ...below, hidden: 'too deep' }
  }
  try {
    const pipeline = await readTree(client.forProject(below.project), below.id, walk, depth)
    return { ...below, status: pipeline.status, pipeline }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // What fails below is no reason to know nothing of what is above.
    if (error.isPassing) return { ...below, pipeline: known ?? null, hidden: known ? '' : error.message }
    // A 404 may be a replica of the database that lags behind.
    if (error.status !== 404) walk.hidden.set(below.project, error.message)
    return { ...below, hidden: error.message }
  }
}

/** A pipeline first and its jobs after it, so that the jobs of one that is over are over too. */
async function readTree(client: Client, id: number, walk: Walk, depth: number): Promise<Pipeline> {
  walk.seen.add(keyOf({ project: client.target.project, id }))
  const pipeline = await readJobs(client, await readPipeline(client, id), walk)
  const jobs = await Promise.all(
    pipeline.jobs.map(async (job): Promise<Job> => {
      const { downstream } = job
      return downstream ? { ...job, downstream: await readBelow(client, downstream, walk, depth + 1) } : job
    }),
  )
  const whole = { ...pipeline, jobs }
  walk.pipelines.set(keyOf(whole), whole)
  return whole
}

/** Looks at a v4 pipeline and at everything downstream of it, in projects that the credential may read. */
export function v4Source(client: Client, id: number): PipelineSource {
  const known: Known = { pipelines: new Map(), hidden: new Map(), faults: new Map() }
  return { look: () => readTree(client, id, { ...known, seen: new Set() }, 0) }
}
