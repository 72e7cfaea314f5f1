import type { Access } from '../config/access.ts'
import type { Context } from '../context.ts'
import { clientFor, type Client } from '../gitlab/client.ts'
import { candidates, type Candidate, type Open } from '../gitlab/credentials.ts'
import type { Listener } from '../gitlab/post.ts'
import type { Asked } from '../gitlab/refusal.ts'
import { openSession, type Session } from '../http/session.ts'
import { wayOf } from './work.ts'

/** A server that is open for reading and changing things. */
export interface ServerAccess {
  access: Access
  session: Session
  /** The credentials to try, best first. */
  tries: Candidate[]
  /** Opens a client of a project. */
  open(project: string): Open<Client>
}

/** Opens a server. Its session is to be closed at the end. */
export function openServer(
  access: Access,
  context: Context,
  signal: AbortSignal,
  listen: Listener,
): ServerAccess {
  const { base } = access.server.value
  const session = openSession(base, wayOf(access, context), signal, (ms, expired) =>
    context.alarm(ms, expired),
  )
  return {
    access,
    session,
    tries: candidates(access.apiToken?.value, access.jobToken?.value),
    open: (project) => (dialect, credential) =>
      clientFor({ base, project }, dialect, credential, session, listen),
  }
}

/** The token of a credential, for explanations. */
export function tokenOf(credential: Candidate['credential'], { apiToken, jobToken }: Access): Asked['token'] {
  const header = credential?.header
  const setting = header === 'PRIVATE-TOKEN' ? apiToken : header === 'JOB-TOKEN' ? jobToken : undefined
  return setting && { origin: setting.origin, text: setting.value.reveal() }
}
