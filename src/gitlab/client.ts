import { conditional } from '../http/conditional.ts'
import type { HttpRequest, OpenAnswer } from '../http/send.ts'
import type { Session } from '../http/session.ts'
import { jsonOf } from './answer.ts'
import type { Dialect } from './dialect.ts'
import type { Listener } from './post.ts'
import { readError, readerFor, ReadError, type Reader } from './read.ts'
import { readRequest, type Credential, type Target } from './requests.ts'

/** Fields of a form, in order. */
export type Fields = HttpRequest['form']

/** Reads, watches and changes things of one project with one credential. */
export interface Client extends Reader {
  /** Whose client it is; undefined: anybody's. */
  credential: Credential | undefined
  /**
   * Changes something, with one request that is never repeated: POST, PUT or DELETE to a path under the project. Resolves to the JSON of a 2xx
   * answer, undefined where that is empty. Throws a ReadError else, whose status is null where it is not known what became of it.
   */
  act(method: 'POST' | 'PUT' | 'DELETE', path: string, fields?: Fields): Promise<unknown>
  /** Opens a file or a log at a path under the project. Throws a ReadError for anything but 200; its body is to be read or stopped. */
  open(path: string): Promise<OpenAnswer>
  /** The same for another project of that server. */
  at(project: string): Client
}

/** A client of a project over a session: as `credential` says, or as anybody. */
export function clientFor(
  target: Target,
  dialect: Dialect,
  credential: Credential | undefined,
  session: Session,
  listen: Listener,
): Client {
  const reader = readerFor(target, dialect, credential, conditional(session), listen)
  return {
    ...reader,
    credential,
    async act(method, path, fields) {
      const request: HttpRequest = {
        ...readRequest(target, dialect, path, credential),
        method,
        ...(fields && fields.length > 0 && { form: fields }),
      }
      const outcome = await session.sendOnce(request)
      listen(request, outcome)
      session.signal.throwIfAborted()
      if (outcome.kind === 'no answer' || outcome.status < 200 || outcome.status > 299)
        throw readError(outcome)
      if (!outcome.isComplete) throw new ReadError('the answer broke off', null)
      return jsonOf(outcome)
    },
    async open(path) {
      const request = readRequest(target, dialect, path, credential)
      const opened = await session.open({ ...request, headers: { ...request.headers, accept: '*/*' } })
      const { kind } = opened
      listen(request, kind === 'open' ? { kind: 'answer', ...headOf(opened) } : opened)
      session.signal.throwIfAborted()
      if (kind !== 'open') throw readError(opened)
      return opened
    },
    at: (project) => clientFor({ ...target, project }, dialect, credential, session, listen),
  }
}

function headOf({ status, headers }: OpenAnswer): {
  status: number
  headers: OpenAnswer['headers']
  body: ''
  isComplete: true
} {
  return { status, headers, body: '', isComplete: true }
}
