import { isFinished } from '../status.ts'
import type { Client } from './client.ts'
import type { Pipeline } from './pipeline.ts'
import { ReadError } from './read.ts'

/** How often a request to cancel is sent that got no answer: to cancel twice is to cancel once. */
const tries = 3

/** Asks GitLab to cancel a pipeline. Throws a ReadError where it refuses, or does not answer. */
async function ask(client: Client, id: number, sleep: (ms: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.act('POST', `/pipelines/${id}/cancel`)
      return
    } catch (error) {
      if (!(error instanceof ReadError) || !error.isPassing || attempt === tries) throw error
      await sleep(attempt * 1000)
    }
  }
}

/** The pipelines of a tree that are not over, the root first. */
function moving(root: Pipeline): Pipeline[] {
  const below = root.jobs.flatMap(({ downstream }) => downstream?.pipeline ?? [])
  return [...(isFinished(root.status) ? [] : [root]), ...below.flatMap(moving)]
}

/**
 * Asks GitLab to cancel a pipeline and what is downstream of it in other projects, which GitLab itself leaves running; what was downstream of a
 * pipeline that is over is canceled too. GitLab says 200 also where nothing could be canceled, so look afterwards (facts 9.21). Throws a
 * ReadError for the root; resolves to why others were refused.
 */
export async function requestCancel(
  client: Client,
  root: Pipeline,
  withDownstream: boolean,
  sleep: (ms: number) => Promise<void>,
): Promise<string[]> {
  const refusals: string[] = []
  for (const pipeline of withDownstream ? moving(root) : [root]) {
    try {
      await ask(
        pipeline.project === client.target.project ? client : client.at(pipeline.project),
        pipeline.id,
        sleep,
      )
    } catch (error) {
      if (!(error instanceof ReadError) || pipeline === root) throw error
      refusals.push(`pipeline ${pipeline.id} of project ${pipeline.project}: ${error.message}`)
    }
  }
  return refusals
}
