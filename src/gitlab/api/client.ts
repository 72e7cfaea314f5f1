import type { HttpSession, Opened, RequestLimits } from '../../http/http-session.ts'
import type { HttpRequest, OpenAnswer, Outcome } from '../../http/message.ts'
import { announcedLength } from '../../http/content-length.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { changeError, isGone, type Confirms } from './change-error.ts'
import { jsonOf } from './answer.ts'
import type { Dialect } from './dialect.ts'
import { isRedirect, loggableRequest, storageUrl } from './object-storage-redirect.ts'
import {
  UnconfirmedChange,
  ApiError,
  failureOf,
  readerFor,
  readPolicy,
  type KnownPageSizes,
  type Reader,
  type ReadOptions,
} from './reader.ts'
import { readRequest, type Credential, type ProjectAddress } from './requests.ts'

/** Fields of a form, in order. */
export type Fields = HttpRequest['form']

/** What a change needs besides its path. */
export interface WriteOptions {
  fields?: Fields | undefined
  headers?: HttpRequest['headers'] | undefined
  /** It is the same when it is made twice, so that it may be repeated. */
  isIdempotent?: true | undefined
}

/** Takes the body of a file as it comes, and its length in bytes; undefined where that is not told. */
export type BodyReader<T> = (body: OpenAnswer['body'], length: number | undefined) => Promise<T>

/** Reads, watches and changes things of one project with one credential. */
export interface Client extends Reader {
  /** Ends everything that runs with it. */
  signal: AbortSignal
  /** What it authenticates with; undefined: it has no login. */
  credential: Credential | undefined
  /**
   * Changes something: POST or PUT to a path under the project. Resolves to what `confirms` makes of the answer (200 or 201). Throws an
   * ApiError where nothing was changed for certain, an UnconfirmedChange for any other answer and for a lost one.
   */
  write<T>(method: 'POST' | 'PUT', path: string, confirms: Confirms<T>, options?: WriteOptions): Promise<T>
  /**
   * Deletes what is at a path under the project. An empty 204 proves that; after any other answer that is no refusal, and after a lost one, a GET that
   * finds nothing there does. Throws as `write`.
   */
  delete(path: string, options?: Pick<WriteOptions, 'headers'>): Promise<void>
  /**
   * Opens a file or a log at a path under the project; its body is to be read or stopped. Throws as `get` for anything but 200, and so does
   * the body where it breaks off.
   */
  open(path: string): Promise<OpenAnswer>
  /**
   * Gives the body of a file to `read`, from its beginning again where it broke off. GitLab may keep the file elsewhere: object storage is where it sends us to (302), and is asked without any credential. This
   * is the one redirect that is ever followed; never one from https to http.
   */
  download<T>(path: string, read: BodyReader<T>): Promise<T>
  /** The same of an answer of GitLab's own, however long: no redirect is followed. */
  readLong<T>(path: string, read: BodyReader<T>): Promise<T>
  /** The same for another project of that server. */
  forProject(project: string): Client
  with(options: ReadOptions): Client
  /** The same, whose requests end at other limits. */
  within(limits: RequestLimits): Client
}

/** A client of a project over a session: with `credential`, or without a login. */
export function clientFor(
  target: ProjectAddress,
  dialect: Dialect,
  credential: Credential | undefined,
  session: HttpSession,
  options: ReadOptions = {},
  sizes: KnownPageSizes = new Map(),
): Client {
  const again = (changes: { target?: ProjectAddress; options?: ReadOptions }): Client =>
    clientFor(changes.target ?? target, dialect, credential, session, changes.options ?? options, sizes)
  const openHere = async (path: string): Promise<Opened> => {
    const request = readRequest(target, dialect, path, credential, readPolicy(options))
    const opened = await session.open({ ...request, headers: { ...request.headers, accept: '*/*' } }, options)
    session.signal.throwIfAborted()
    return opened
  }
  const unbrokenAnswer = (opened: Opened): OpenAnswer => {
    if (opened.kind !== 'open') throw failureOf(opened)
    return { ...opened, body: unbroken(opened.body, session.signal) }
  }
  const openAnywhere = async (path: string): Promise<OpenAnswer> => {
    let opened = await openHere(path)
    // From GitLab to its storage, and to the storage's right region.
    for (let hops = 0; hops < 3 && isRedirect(opened); hops++) {
      const url = storageUrl(opened, target.base)
      opened = await session.openElsewhere(url, loggableRequest(url))
      session.signal.throwIfAborted()
    }
    return unbrokenAnswer(opened)
  }
  const readWhole = <T>(open: () => Promise<OpenAnswer>, read: BodyReader<T>): Promise<T> => {
    let length: number | undefined
    const opening = async (): Promise<OpenAnswer> => {
      const opened = await open()
      length = announcedLength(opened.headers)
      return opened
    }
    return session.readWhole(opening, (body) => read(body, length))
  }
  const reader = readerFor(target, dialect, credential, session, options, sizes)
  const change = async (
    method: HttpRequest['method'],
    path: string,
    { fields, headers, isIdempotent }: WriteOptions,
  ): Promise<Outcome> => {
    const base = readRequest(target, dialect, path, credential, isIdempotent ? 'idempotent write' : 'write')
    const outcome = await session.send({
      ...base,
      method,
      headers: { ...base.headers, ...headers },
      ...(fields && fields.length > 0 && { form: fields }),
    })
    session.signal.throwIfAborted()
    return outcome
  }
  return {
    ...reader,
    signal: session.signal,
    credential,
    async write(method, path, confirms, { fields, headers, isIdempotent } = {}) {
      const outcome = await change(method, path, { fields, headers, isIdempotent })
      const isAnswer = outcome.kind === 'answer' && outcome.isComplete && [200, 201].includes(outcome.status)
      const confirmed = isAnswer ? confirms(jsonOf(outcome)) : undefined
      if (confirmed === undefined) throw changeError(outcome)
      return confirmed
    },
    async delete(path, { headers } = {}) {
      const outcome = await change('DELETE', path, { headers })
      if (outcome.kind === 'answer' && outcome.status === 204) return
      const error = changeError(outcome)
      const isUnclear = error instanceof UnconfirmedChange
      if (!isUnclear || !(await isGone(reader.with({ attempts: 3 }), path))) throw error
    },
    open: async (path) => unbrokenAnswer(await openHere(path)),
    download: (path, read) => readWhole(() => openAnywhere(path), read),
    readLong: (path, read) => readWhole(async () => unbrokenAnswer(await openHere(path)), read),
    forProject: (project) => again({ target: { ...target, project } }),
    with: (changed) => again({ options: changed }),
    within: (limits) => clientFor(target, dialect, credential, session.within(limits), options, sizes),
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
