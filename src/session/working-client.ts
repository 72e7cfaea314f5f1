import type { Client } from '../gitlab/api/client.ts'
import { firstAllowed, type Rejected } from '../gitlab/api/first-allowed.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { explainRefusal, type RefusalContext } from '../gitlab/errors/explain-refusal.ts'
import type { CommandSession } from './command-session.ts'
import { tokenOf, type ServerAccess } from './server-client.ts'

/** What a command wants to do on a server, in the words of an error for its refusal. */
export interface AccessPurpose {
  /** As `the trigger tokens of project 9 cannot be read`. */
  failed: string
  /** As `an API token with the scope api`. */
  needs: string
  role?: string
  /** A sentence that says which versions of GitLab lack it. */
  tooOld?: string
}

/** What explanations of a refusal name. */
export function askedOf(
  { access }: CommandSession,
  client: Pick<Client, 'credential' | 'target'>,
  purpose: AccessPurpose,
): RefusalContext {
  const { base, project } = client.target
  return { ...purpose, base, project, token: tokenOf(client.credential, access) }
}

/**
 * Does what `attempt` does with the first API version that is there, with the API token or, without one, without a login. Throws a TriggerError that
 * explains what was refused.
 */
export async function openClient<T>(
  session: CommandSession,
  server: ServerAccess,
  project: string,
  purpose: AccessPurpose,
  attempt: (client: Client) => Promise<T>,
): Promise<{ client: Client; found: T }> {
  const { apiToken } = session.access
  // A job's token may read none of this, and a refused one must not lead to a read without a token.
  const tries = server.tries.filter(({ credential }) =>
    apiToken ? credential?.header === 'PRIVATE-TOKEN' : credential === undefined,
  )
  return openAnyClient(session, { ...server, tries }, project, purpose, attempt)
}

/** The same with every credential there is, best first, and those that may not: a job's token may read pipelines. */
export async function openAnyClient<T>(
  session: CommandSession,
  { tries, open }: Pick<ServerAccess, 'tries' | 'open'>,
  project: string,
  purpose: AccessPurpose,
  attempt: (client: Client) => Promise<T>,
): Promise<{ client: Client; found: T; refusals: Rejected[] }> {
  const { api } = session.access
  const target = { base: session.access.server.value.base, project }
  const credential = tries[0]?.credential
  try {
    const tried = await firstAllowed(tries, api.value, open(project), attempt)
    if (tried.isAllowed) {
      return { client: tried.reader, found: tried.found, refusals: tried.refusals }
    }
    const [refusal] = tried.refusals
    throw refusal.error
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw explainRefusal(error, askedOf(session, { credential, target }, purpose))
  }
}
