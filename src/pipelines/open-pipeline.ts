import type { PipelineReference } from '../config/project/resolve-references.ts'
import type { BuildState } from '../core/build.ts'
import { TriggerError } from '../core/errors.ts'
import { apiTokenSources } from '../core/hints.ts'
import type { Client } from '../gitlab/api/client.ts'
import { firstAllowed, type CredentialCandidate, type Rejected } from '../gitlab/api/first-allowed.ts'
import { type ApiError, UnconfirmedChange } from '../gitlab/api/reader.ts'
import { answeredBefore, quotedBefore } from '../gitlab/errors/answered-before.ts'
import { explainRefusal } from '../gitlab/errors/explain-refusal.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { pipelineOfJob } from '../gitlab/pipelines/pipeline-source.ts'
import { readPipeline, type Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { tokenOf, type ServerAccess } from '../session/server-client.ts'
import type { CommandAbout } from '../session/suggested-command.ts'

/** A pipeline that may be read. */
export interface OpenPipeline {
  /** How it was named. */
  reference: PipelineReference
  client: Client
  id: number
  /**
   * A client with the API token, which alone may change a pipeline, whichever credential reads it. Undefined
   * where there is none.
   */
  changer: Client | undefined
  /** The pipeline as it was when it was opened, without its jobs. */
  first: Pipeline
  /** The credentials that may not read it, though a lesser one may. */
  refusals: Rejected[]
  /** Words the command that shows it, ready to be pasted. */
  statusCommand: () => string
}

/** What a command does with a pipeline, in the words of an error for its refusal. */
export interface Purpose {
  /** As `cannot be read`. */
  failed: string
  /** As `a token with read_api`. */
  needs: string
  role?: string
}

/** To read a pipeline. */
export const reading: Purpose = { failed: 'cannot be read', needs: 'a token with read_api' }

/** To cancel or retry a pipeline, or to start its jobs. */
export const changing: Purpose = {
  failed: 'cannot be changed',
  needs: 'an API token with the scope api',
  role: 'Developer',
}

/** The client that may change a pipeline. Throws a TriggerError (exit 4) where there is no API token. */
export function changerOf({ changer, reference, id, first }: OpenPipeline): Client {
  if (changer) return changer
  throw new TriggerError({
    exit: 'notAccepted',
    message: `pipeline ${id} of project ${reference.project} cannot be changed without an API token`,
    hint: `Set ${apiTokenSources}; the role of Developer is needed.`,
    build: buildStateOf(first),
  })
}

/** The error for a change of a pipeline of which it is not known whether it was made: exit 7. `done` is as `retried`. */
export function notConfirmed(
  { id, first, reference, statusCommand }: OpenPipeline,
  error: Error,
  done: string,
): TriggerError {
  const { base } = reference.access.server.value
  const other = error instanceof UnconfirmedChange && error.answer && answeredBefore(error.answer, base)
  return new TriggerError({
    exit: 'unknown',
    message: `whether pipeline ${id} was ${done} is not known: ${error.message}${other ? `; ${quotedBefore(other)}` : ''}`,
    hint: `${other ? `${other.hint} ` : ''}Check first: ${statusCommand()}`,
    build: buildStateOf(first),
    cause: error,
  })
}

/** The error for a request about a pipeline that was refused to a credential. */
export function refusalError(
  error: ApiError,
  { project, kind, id, access }: PipelineReference,
  credential: CredentialCandidate['credential'],
  purpose: Purpose,
  build?: BuildState,
): TriggerError {
  const { failed, needs, role } = purpose
  return explainRefusal(error, {
    failed: `${kind} ${id} of project ${project} ${failed}`,
    base: access.server.value.base,
    project,
    token: tokenOf(credential, access),
    needs,
    ...(role !== undefined && { role }),
    ...(kind === 'pipeline' && {
      tooOld: 'Or this GitLab is older than 8.11, which has no API for pipelines.',
    }),
    ...(build && { build }),
  })
}

async function readReferenced(client: Client, { kind, id }: PipelineReference): Promise<Pipeline> {
  return readPipeline(client, kind === 'job' ? await pipelineOfJob(client, id) : id)
}

/**
 * Opens a pipeline with the first credential that may read it. Throws a TriggerError where none may (exit 4),
 * an ApiError where the server cannot be asked, and an abort's reason.
 */
export async function openPipeline(
  reference: PipelineReference,
  server: ServerAccess,
  suggest: ((about: CommandAbout) => string) | undefined,
): Promise<OpenPipeline> {
  const { project, access } = reference
  const tried = await firstAllowed(server.tries, access.api.value, server.open(project), (client) =>
    readReferenced(client, reference),
  )
  if (!tried.isAllowed) {
    const [{ error, credential }] = tried.refusals
    throw refusalError(error, reference, credential, reading)
  }
  const { reader: client, found: first, refusals } = tried
  const withApiToken = server.tries.find(({ credential }) => credential?.header === 'PRIVATE-TOKEN')
  const changer = withApiToken && server.open(project)(client.dialect, withApiToken.credential)
  const { id } = first
  const statusCommand = (): string =>
    suggest?.({ verb: 'status', id, project, access }) ?? `gitlab-trigger status ${id}`
  return { reference, client, changer, id, first, refusals, statusCommand }
}
