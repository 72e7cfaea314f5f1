import type { Client } from './client.ts'
import { decodeJobs } from './job.ts'
import { readPipeline, type Downstream, type Job, type Pipeline } from './pipeline.ts'
import { ReadError } from './read.ts'
import { isFinished } from '../status.ts'

/** Looks at one pipeline again and again. */
export interface Source {
  /** What there is now, with everything below it that may be read. Throws a ReadError for the pipeline itself, an abort's reason. */
  look(): Promise<Pipeline>
}

/** So deep, and so many pipelines in one look: GitLab allows two levels of children, projects may trigger one another further. */
const deepest = 20
const mostPipelines = 100

interface Walk {
  /** What earlier looks saw of pipelines that were over. */
  finished: Map<string, Pipeline>
  /** Projects that may not be read, and why. */
  hidden: Map<string, string>
  seen: Set<string>
}

/** A list that may be refused apart from its pipeline; what passes is thrown on. */
async function listOr(client: Client, path: string): Promise<{ entries: unknown[]; refusal: string }> {
  try {
    return { entries: await client.list(path), refusal: '' }
  } catch (error) {
    if (!(error instanceof ReadError) || error.isPassing) throw error
    return { entries: [], refusal: error.message }
  }
}

async function readJobs(client: Client, pipeline: Pipeline): Promise<Pipeline> {
  const path = `/pipelines/${pipeline.id}`
  const [jobs, bridges] = await Promise.all([
    listOr(client, `${path}/jobs`),
    // Bridges came with GitLab 12.9; where there are none of them they are no loss.
    listOr(client, `${path}/bridges`),
  ])
  const all = decodeJobs([...jobs.entries, ...bridges.entries], {
    ...client.target,
    project: pipeline.project,
  })
  return { ...pipeline, jobs: all, hidden: jobs.refusal }
}

async function readBelow(client: Client, below: Downstream, walk: Walk, depth: number): Promise<Downstream> {
  const key = `${below.project}/${below.id}`
  const known = walk.finished.get(key)
  if (known?.status === below.status) return { ...below, pipeline: known }
  const hidden = walk.hidden.get(below.project)
  if (hidden !== undefined) return { ...below, hidden }
  if (depth > deepest || walk.seen.size >= mostPipelines || walk.seen.has(key)) {
    return { ...below, hidden: 'too deep' }
  }
  try {
    const pipeline = await readTree(client.at(below.project), below.id, walk, depth)
    return { ...below, status: pipeline.status, pipeline }
  } catch (error) {
    if (!(error instanceof ReadError) || error.isPassing) throw error
    // A 404 may be a replica of the database that lags behind.
    if (error.status !== 404) walk.hidden.set(below.project, error.message)
    return { ...below, hidden: error.message }
  }
}

/** A pipeline first and its jobs after it, so that the jobs of one that is over are over too. */
async function readTree(client: Client, id: number, walk: Walk, depth: number): Promise<Pipeline> {
  const { project } = client.target
  walk.seen.add(`${project}/${id}`)
  const pipeline = await readJobs(client, await readPipeline(client, id))
  const jobs = await Promise.all(
    pipeline.jobs.map(async (job): Promise<Job> => {
      const { downstream } = job
      return downstream ? { ...job, downstream: await readBelow(client, downstream, walk, depth + 1) } : job
    }),
  )
  const whole = { ...pipeline, jobs }
  if (isFinished(whole.status)) walk.finished.set(`${project}/${id}`, whole)
  else walk.finished.delete(`${project}/${id}`)
  return whole
}

/** Looks at a v4 pipeline and at everything downstream of it, in projects that the credential may read. */
export function pipelineSource(client: Client, id: number): Source {
  const finished = new Map<string, Pipeline>()
  const hidden = new Map<string, string>()
  return { look: () => readTree(client, id, { finished, hidden, seen: new Set() }, 0) }
}
