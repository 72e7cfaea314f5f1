import { isFinished } from '../../core/status.ts'
import { confirmedBy } from '../api/change-error.ts'
import type { Client } from '../api/client.ts'
import type { Pipeline } from './pipeline.ts'
import { ApiError } from '../api/reader.ts'

/** The pipelines of a tree that have not ended, the root first. */
function moving(root: Pipeline): Pipeline[] {
  const below = root.jobs.flatMap(({ downstream }) => downstream?.pipeline ?? [])
  return [...(isFinished(root.status) ? [] : [root]), ...below.flatMap(moving)]
}

/** What is to be asked for so that a pipeline stops: where v3 links no builds to a pipeline, each build. */
function requestsFor({ kind, id, jobs }: Pipeline): { path: string; id: number }[] {
  if (kind === 'pipeline') return [{ path: `/pipelines/${id}/cancel`, id }]
  return jobs
    .filter(({ status }) => !isFinished(status))
    .map((job) => ({ path: `/builds/${job.id}/cancel`, id: job.id }))
}

/** How many requests cancel a pipeline and what is downstream of it. */
export function cancelCount(root: Pipeline): number {
  return moving(root).flatMap(requestsFor).length
}

/** What has been asked so far, by path and project, and what was refused of what is downstream. */
export interface CancelRequests {
  pipelines: Pipeline[]
  paths: Set<string>
  refusals: string[]
}

/**
 * Asks GitLab to cancel a pipeline, ended or not, and the pipelines downstream of it in other projects, which GitLab itself
 * leaves running. Nothing is asked twice. GitLab answers 200 also where nothing could be canceled, so the caller must read
 * the pipeline afterwards (docs/gitlab.md#9.21). Each request waits for its `turn`. Throws an ApiError for the root.
 */
export async function requestCancel(
  client: Client,
  root: Pipeline,
  withDownstream: boolean,
  asked: CancelRequests,
  turn: () => Promise<void>,
): Promise<void> {
  for (const pipeline of withDownstream ? moving(root) : [root]) {
    const own = pipeline.project === client.target.project ? client : client.forProject(pipeline.project)
    for (const { path, id } of requestsFor(pipeline)) {
      const key = `${pipeline.project}${path}`
      if (asked.paths.has(key)) continue
      await turn()
      asked.paths.add(key)
      try {
        await own.write('POST', path, confirmedBy({ id }), { isIdempotent: true })
        asked.pipelines.push(pipeline)
      } catch (error) {
        if (!(error instanceof ApiError) || pipeline === root) throw error
        asked.refusals.push(`pipeline ${pipeline.id} of project ${pipeline.project}: ${error.message}`)
      }
    }
  }
}
