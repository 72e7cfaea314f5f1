import type { Access } from '../config/access.ts'
import type { BuildState } from '../build.ts'
import type { TriggerError } from '../errors.ts'
import type { Client } from '../gitlab/client.ts'
import { firstThatMay, type Candidate } from '../gitlab/credentials.ts'
import { pipelineOfJob } from '../gitlab/pipeline-at.ts'
import { readPipeline, type Pipeline } from '../gitlab/pipeline.ts'
import type { ReadError } from '../gitlab/read.ts'
import { explainRefusal } from '../gitlab/refusal.ts'
import type { Wanted } from './pipelines-of.ts'
import { tokenOf, type ServerAccess } from './server-access.ts'

/** A pipeline that may be read. */
export interface OpenPipeline {
  wanted: Wanted
  client: Client
  id: number
  /** As it was when it was opened, without its jobs. */
  first: Pipeline
}

/** What a command wants to do with a pipeline, for the words of a refusal. */
export interface Purpose {
  /** As `cannot be read`. */
  failed: string
  /** As `a token with read_api`. */
  needs: string
  role?: string
}

/** To read. */
export const reading: Purpose = { failed: 'cannot be read', needs: 'a token with read_api' }

/** To cancel, retry or start jobs. */
export const changing: Purpose = {
  failed: 'cannot be changed',
  needs: 'an API token with the scope api',
  role: 'Developer',
}

/** The error for what was refused of a pipeline. */
export function refusedOf(
  error: ReadError,
  { project, kind, id }: Pick<Wanted, 'project' | 'kind' | 'id'>,
  access: Access,
  candidate: Candidate['credential'],
  purpose: Purpose,
  build?: BuildState,
): TriggerError {
  const { failed, needs, role } = purpose
  return explainRefusal(error, {
    failed: `${kind} ${id} of project ${project} ${failed}`,
    base: access.server.value.base,
    project,
    token: tokenOf(candidate, access),
    needs,
    ...(role !== undefined && { role }),
    ...(build && { build }),
  })
}

/**
 * Opens a pipeline with the first credential that may read it. Throws a TriggerError where none may (exit 4), a ReadError for what passes, an
 * abort's reason.
 */
export async function openPipeline(wanted: Wanted, server: ServerAccess): Promise<OpenPipeline> {
  const { project, id, kind, access } = wanted
  const tried = await firstThatMay(server.tries, access.api.value, server.open(project), async (client) => {
    const pipeline = kind === 'job' ? await pipelineOfJob(client, id) : id
    return readPipeline(client, pipeline)
  })
  if (tried.isAllowed) {
    const { reader: client, found } = tried
    return { wanted, client, id: found.id, first: found }
  }
  const [refusal] = tried.refusals
  if (!refusal) throw new Error('no credential was tried')
  const candidate = server.tries.find(({ name }) => name === refusal.name)
  throw refusedOf(refusal.error, wanted, access, candidate?.credential, reading)
}
