import { withEtagCache } from '../../http/etag-cache.ts'
import type { OpenAnswer } from '../../http/message.ts'
import type { HttpRequest } from '../../http/message.ts'
import type { RequestSender, HttpSession } from '../../http/http-session.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { jsonOf } from './answer.ts'
import type { Dialect } from './dialect.ts'
import { storageUrl, isRedirect, loggableRequest, type Opened } from './object-storage-redirect.ts'
import type { Listener } from './post.ts'
import { readError, readerFor, ApiError, type Reader } from './reader.ts'
import { readRequest, type Credential, type ProjectAddress } from './requests.ts'

/** Fields of a form, in order. */
export type Fields = HttpRequest['form']

/** Reads, watches and changes things of one project with one credential. */
export interface Client extends Reader {
  /** Ends everything that goes on with it. */
  signal: AbortSignal
  /** Whose client it is; undefined: anybody's. */
  credential: Credential | undefined
  /**
   * Changes something, with one request that is never repeated: POST, PUT or DELETE to a path under the project. Resolves to the JSON of a 2xx
   * answer, undefined where that is empty. Throws a ReadError else, whose status is null where it is not known what became of it.
   */
  write(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    fields?: Fields,
    headers?: HttpRequest['headers'],
  ): Promise<unknown>
  /**
   * Opens a file or a log at a path under the project; its body is to be read or stopped. Throws a ReadError for anything but 200, and so does
   * the body where it breaks off.
   */
  open(path: string): Promise<OpenAnswer>
  /**
   * The same for a file that GitLab may keep elsewhere: object storage is where it sends us to (302), and is asked without any credential. This
   * is the one redirect that is ever followed; never one from https to http.
   */
  download(path: string): Promise<OpenAnswer>
  /** The same for another project of that server. */
  forProject(project: string): Client
}

/** A client of a project over a session: as `credential` says, or as anybody. What it has read is remembered in `link`, by those of other projects too. */
export function clientFor(
  target: ProjectAddress,
  dialect: Dialect,
  credential: Credential | undefined,
  session: HttpSession,
  listen: Listener,
  link: RequestSender = withEtagCache(session),
): Client {
  const reader = readerFor(target, dialect, credential, link, listen)
  const heard = (request: HttpRequest, opened: Opened): Opened => {
    listen(request, opened.kind === 'open' ? { kind: 'answer', ...headOf(opened) } : opened)
    session.signal.throwIfAborted()
    return opened
  }
  const openHere = async (path: string): Promise<Opened> => {
    const request = readRequest(target, dialect, path, credential)
    return heard(request, await session.open({ ...request, headers: { ...request.headers, accept: '*/*' } }))
  }
  return {
    ...reader,
    signal: session.signal,
    credential,
    async write(method, path, fields, headers) {
      const base = readRequest(target, dialect, path, credential)
      const request: HttpRequest = {
        ...base,
        method,
        headers: { ...base.headers, ...headers },
        ...(fields && fields.length > 0 && { form: fields }),
      }
      const outcome = await session.sendOnce(request)
      listen(request, outcome)
      session.signal.throwIfAborted()
      if (outcome.kind === 'no answer' || outcome.status < 200 || outcome.status > 299)
        throw readError(outcome)
      if (!outcome.isComplete) throw new ApiError('the answer broke off', null)
      return jsonOf(outcome)
    },
    async open(path) {
      const opened = await openHere(path)
      if (opened.kind !== 'open') throw readError(opened)
      return { ...opened, body: unbroken(opened.body, session.signal) }
    },
    async download(path) {
      let opened = await openHere(path)
      // From GitLab to its storage, and to the storage's right region.
      for (let hops = 0; hops < 3 && isRedirect(opened); hops++) {
        const url = storageUrl(opened, target.base)
        opened = heard(loggableRequest(url), await session.openElsewhere(url))
      }
      if (opened.kind !== 'open') throw readError(opened)
      return opened
    },
    forProject: (project) => clientFor({ ...target, project }, dialect, credential, session, listen, link),
  }
}

async function* unbroken(body: OpenAnswer['body'], signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (error) {
    signal.throwIfAborted()
    throw new ApiError(explainConnectionFailure(error).what, null)
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
