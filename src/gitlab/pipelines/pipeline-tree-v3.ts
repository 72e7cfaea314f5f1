import type { Client } from '../api/client.ts'
import { decodeJobs } from './job.ts'
import type { PipelineSource } from './pipeline-tree.ts'
import { readPipeline, type Job, type Pipeline } from './pipeline.ts'
import { matchBuilds, pipelineOf, readNewBuilds, type Baseline } from './v3-builds.ts'

/** The status that builds make together, as far as those that are there say (v3 does not tell which may fail). */
function statusOf(jobs: readonly Job[]): string {
  const has = (...wanted: string[]): boolean => jobs.some(({ status }) => wanted.includes(status ?? ''))
  if (jobs.length === 0) return 'created'
  if (has('running')) return 'running'
  if (has('pending')) return 'pending'
  if (has('failed')) return 'failed'
  if (has('canceled')) return 'canceled'
  if (has('created')) return 'running'
  return has('success') ? 'success' : 'skipped'
}

function guessed(client: Client, kind: Pipeline['kind'], id: number, ref: string, jobs: Job[]): Pipeline {
  const starts = jobs.flatMap(({ startedAt }) => startedAt ?? [])
  return {
    kind,
    id,
    iid: null,
    project: client.target.project,
    ref,
    sha: null,
    status: statusOf(jobs),
    source: null,
    webUrl: null,
    user: null,
    yamlErrors: null,
    hasWarnings: false,
    createdAt: null,
    startedAt: starts.length === 0 ? null : Math.min(...starts),
    finishedAt: null,
    jobs,
    hidden: '',
    isGuessed: true,
  }
}

/** The builds of a pipeline: those of its commit that name it, or do not say (before 8.13). */
async function buildsOf(client: Client, { id, sha }: Pipeline): Promise<Job[]> {
  if (sha === null) return []
  const builds = await client.list(`/repository/commits/${sha}/builds`)
  return decodeJobs(
    builds.filter((build) => [0, id].includes(pipelineOf(build))),
    client.target,
  )
}

/** Of builds of one name, the newest counts: the others were retried, which v3 does not say. */
function latest(jobs: readonly Job[]): Job[] {
  const byName = new Map(jobs.map((job) => [`${job.stage ?? ''}/${job.name ?? job.id}`, job]))
  return [...byName.values()]
}

/** The builds of a v3 pipeline that a retry has replaced. Throws as `Client.list`. */
export async function replacedBuilds(client: Client, pipeline: Pipeline): Promise<Job[]> {
  return (await buildsOf(client, pipeline)).filter(({ id }) => !pipeline.jobs.some((job) => job.id === id))
}

/** A source that reads a v3 pipeline and its builds; v3 does not report downstream pipelines. */
export function pipelineSourceV3(client: Client, id: number): PipelineSource {
  return {
    async look(poll, onRoot) {
      const own = client.with({ poll })
      const pipeline = await readPipeline(own, id)
      onRoot?.(pipeline)
      return { ...pipeline, jobs: latest(await buildsOf(own, pipeline)) }
    },
  }
}

/** Which builds a trigger led to cannot be told any more: another user's may be among them. */
export class AmbiguousBuildsError extends Error {
  override name = 'AmbiguousBuildsError'
}

/**
 * A source that reads what a v3 trigger created, by what was there before it; before 8.13 its status is made of its builds'. The first look that sees a pipeline
 * settles which one it is. A look throws an AmbiguousBuildsError where that cannot be told.
 */
export function triggerSourceV3(
  client: Client,
  request: number,
  ref: string,
  baseline: Baseline,
): PipelineSource {
  let own: PipelineSource | undefined
  return {
    async look(poll, onRoot) {
      if (own) return own.look(poll, onRoot)
      const builds = await readNewBuilds(client.with({ poll }), baseline)
      const { jobs, pipeline, doubt } = matchBuilds(builds, baseline, ref, client.target)
      if (doubt !== '') throw new AmbiguousBuildsError(doubt)
      if (pipeline === 0) return guessed(client, 'trigger_request', request, ref, latest(jobs))
      own = pipelineSourceV3(client, pipeline)
      return own.look(poll, onRoot)
    },
  }
}
