import type { Client } from '../api/client.ts'
import { decodeJobs } from './job.ts'
import { inStageOrder, mayHideOrder, withFirstIds, type FirstIds } from './stage-order.ts'
import { readPipeline, type Downstream, type Job, type Pipeline } from './pipeline.ts'
import { ApiError } from '../api/reader.ts'
import { believingRefusals, LostContact, type PollPolicy } from '../../http/retry/grace.ts'
import { isFinished } from '../../core/status.ts'

/** Looks at one pipeline again and again. */
export interface PipelineSource {
  /**
   * What there is now, with everything below it that may be read; with a `poll`, polled. Throws as `Client.get` for the pipeline itself.
   * `onRoot` is called with the pipeline itself, before its jobs are read. `isThorough`: no part is believed to be refused, or given up, by its
   * first answers.
   */
  look(poll?: PollPolicy, onRoot?: (root: Pipeline) => void, isThorough?: boolean): Promise<Pipeline>
}

/** At most this deep, and this many pipelines in one look: GitLab allows two levels of children, projects may trigger one another further. */
const deepest = 20
const mostPipelines = 100

/** So often a list, or a downstream pipeline, is asked for before the tree continues without it: of huge pipelines some take the server too long. */
const mostAttempts = 3
/** The same where a verdict depends on it: over a minute. */
const mostThoroughAttempts = 10

/** After this many looks that may not read a project it is not asked for any more. */
const mostHiddenLooks = 3

/** What earlier looks have learned. */
interface Known {
  /** Pipelines as they were last seen, by project and id. */
  pipelines: Map<string, Pipeline>
  /** Projects that may not be read, why, and how many looks in a row have found that. */
  hidden: Map<string, { error: ApiError; looks: number }>
  /** The first ids of the jobs of pipelines, by project and id. */
  firstIds: Map<string, FirstIds>
  /** What failed the last time, by project and path: it is asked for once only. */
  failing: Set<string>
  /** What could be read before, by project and path: a refusal may pass. */
  readable: Set<string>
  /** Pipelines whose bridges were refused and asked for again, by project and id. */
  doubted: Set<string>
}

interface Walk extends Known {
  seen: Set<string>
  poll: PollPolicy | undefined
  isThorough: boolean
}

const isForbidden = (error: ApiError | undefined): boolean => error?.status === 401 || error?.status === 403

/**
 * Reads what may be refused, or fail, apart from what is above it. With `isDoubted` a first refusal is not believed. Throws
 * only what ends everything.
 */
async function attempt<T>(
  client: Client,
  path: string,
  { failing, readable, poll, isThorough }: Walk,
  read: (client: Client) => Promise<T>,
  isDoubted = false,
): Promise<{ found: T; error?: undefined } | { error: ApiError }> {
  const key = `${client.target.project}${path}`
  const usual = failing.has(key) && !isDoubted ? 1 : mostAttempts
  const attempts = isThorough ? mostThoroughAttempts : usual
  const polling = poll && (readable.has(key) || isDoubted || isThorough ? poll : believingRefusals(poll))
  try {
    const found = await read(client.with({ poll: polling, attempts }))
    failing.delete(key)
    readable.add(key)
    return { found }
  } catch (error) {
    const cause = error instanceof LostContact ? error.cause : error
    if (!(cause instanceof ApiError)) throw error
    failing.add(key)
    return { error: cause }
  }
}

async function readJobs(client: Client, pipeline: Pipeline, walk: Walk): Promise<Pipeline> {
  const path = `/pipelines/${pipeline.id}`
  const list = (name: string, isDoubted = false): ReturnType<typeof attempt<unknown[]>> =>
    attempt(client, `${path}/${name}`, walk, (each) => each.list(`${path}/${name}`), isDoubted)
  const [jobs, first] = await Promise.all([list('jobs'), list('bridges')])
  // Who may read the jobs may read the bridges: that these are refused may not be the last word.
  const isDoubtful = !jobs.error && isForbidden(first.error) && !walk.doubted.has(keyOf(pipeline))
  if (isDoubtful) walk.doubted.add(keyOf(pipeline))
  const bridges = isDoubtful ? await list('bridges', true) : first
  const target = { ...client.target, project: pipeline.project }
  const key = keyOf(pipeline)
  const before = walk.pipelines.get(key)?.jobs ?? []
  const ofList = (read: typeof jobs, isBridge: boolean): Job[] =>
    read.error ? before.filter((job) => job.isBridge === isBridge) : decodeJobs(read.found, target)
  const all = [...ofList(jobs, false), ...ofList(bridges, true)]
  const firstIds = await readFirstIds(client, { ...pipeline, jobs: all }, walk)
  walk.firstIds.set(key, firstIds)
  // Bridges came with GitLab 12.9; where there are none of them they are no loss.
  return {
    ...pipeline,
    jobs: inStageOrder(all, firstIds),
    hidden: jobs.error?.message ?? '',
    hiddenBy: jobs.error,
    ...(bridges.error && bridges.error.status !== 404 && { bridgesHidden: bridges.error.message }),
  }
}

/**
 * The first ids of the jobs of a pipeline: what earlier looks have seen, and, once, what retries have replaced before
 * the first of them, where these may hide the order.
 */
async function readFirstIds(client: Client, pipeline: Pipeline, walk: Walk): Promise<FirstIds> {
  const known = walk.firstIds.get(keyOf(pipeline)) ?? new Map<string, number>()
  const first = withFirstIds(known, pipeline.jobs)
  if (!mayHideOrder(pipeline, known)) return first
  const path = `/pipelines/${pipeline.id}/jobs?include_retried=true`
  const replaced = await attempt(client, path, walk, (each) => each.list(path))
  return replaced.error ? first : withFirstIds(first, decodeJobs(replaced.found, client.target))
}

const keyOf = ({ project, id }: Pick<Pipeline, 'project' | 'id'>): string => `${project}/${id}`

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

async function readBelow(client: Client, below: Downstream, walk: Walk, depth: number): Promise<Downstream> {
  const key = keyOf(below)
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
  const read = await attempt(own, `/pipelines/${below.id}`, walk, (each) => readPipeline(each, below.id))
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
async function readBranches(client: Client, root: Pipeline, walk: Walk, depth: number): Promise<Pipeline> {
  walk.seen.add(keyOf(root))
  const pipeline = await readJobs(client, root, walk)
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

/** Reads a v4 pipeline and everything downstream of it, in projects that the credential may read. */
export function v4Source(client: Client, id: number): PipelineSource {
  const known: Known = {
    pipelines: new Map(),
    hidden: new Map(),
    firstIds: new Map(),
    failing: new Set(),
    readable: new Set(),
    doubted: new Set(),
  }
  return {
    async look(poll, onRoot, isThorough = false) {
      const walk: Walk = { ...known, seen: new Set(), poll, isThorough }
      const root = await readPipeline(client.with({ poll }), id)
      onRoot?.(root)
      return readBranches(client, root, walk, 0)
    },
  }
}
