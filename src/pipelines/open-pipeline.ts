import type { ServerSettings } from '../config/access.ts'
import type { BuildState } from '../core/build.ts'
import { TriggerError } from '../core/errors.ts'
import type { Client } from '../gitlab/api/client.ts'
import { firstAllowed, type CredentialCandidate, type Rejected } from '../gitlab/api/first-allowed.ts'
import { pipelineOfJob } from '../gitlab/pipelines/pipeline-source.ts'
import { readPipeline, type Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { ApiError } from '../gitlab/api/reader.ts'
import { explainRefusal } from '../gitlab/errors/explain-refusal.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { PipelineReference } from './pipeline-references.ts'
import { tokenOf, type ServerAccess } from '../session/server-client.ts'

/** A pipeline that may be read. */
export interface OpenPipeline {
  wanted: PipelineReference
  client: Client
  id: number
  /** With the API token, whoever may read: for what only that may do. Undefined where there is none. */
  changer: Client | undefined
  /** As it was when it was opened, without its jobs. */
  first: Pipeline
  /** The credentials that may not read it, though a lesser one may. */
  refusals: Rejected[]
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

/** The client for what changes a pipeline. Throws a TriggerError (exit 4) where there is no API token. */
export function changerOf({ changer, wanted, id, first }: OpenPipeline): Client {
  if (changer) return changer
  throw new TriggerError({
    exit: 'notAccepted',
    message: `pipeline ${id} of project ${wanted.project} cannot be changed without an API token`,
    hint: 'Set GITLAB_TRIGGER_API_TOKEN, or use --api-token-file; the role of Developer is needed.',
    build: buildStateOf(first),
  })
}

/** The error for what was refused of a pipeline. */
export function refusalError(
  error: ApiError,
  { project, kind, id }: Pick<PipelineReference, 'project' | 'kind' | 'id'>,
  access: ServerSettings,
  candidate: CredentialCandidate['credential'],
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
    ...(kind === 'pipeline' && {
      tooOld: 'Or it is older than GitLab 8.11, which has no pipelines to ask for.',
    }),
    ...(build && { build }),
  })
}

/**
 * Opens a pipeline with the first credential that may read it. Throws a TriggerError where none may (exit 4), an ApiError where the server cannot
 * be asked, an abort's reason.
 */
export async function openPipeline(wanted: PipelineReference, server: ServerAccess): Promise<OpenPipeline> {
  const { project, id, kind, access } = wanted
  const tried = await firstAllowed(server.tries, access.api.value, server.open(project), async (client) => {
    const pipeline = kind === 'job' ? await pipelineOfJob(client, id) : id
    return readPipeline(client, pipeline)
  })
  if (tried.isAllowed) {
    const { reader: client, found, refusals } = tried
    const own = server.tries.find(({ credential }) => credential?.header === 'PRIVATE-TOKEN')
    const changer = own && server.open(project)(client.dialect, own.credential)
    return { wanted, client, changer, id: found.id, first: found, refusals }
  }
  const [refusal] = tried.refusals
  if (!refusal) throw new Error('no credential was tried')
  throw refusalError(refusal.error, wanted, access, refusal.credential, reading)
}
