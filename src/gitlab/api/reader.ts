import type { Outcome } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import type { RequestSender } from '../../http/http-session.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { gitlabWords, jsonOf, lacksApi } from './answer.ts'
import type { Dialect } from './dialect.ts'
import { readRequest, type Credential, type ProjectAddress } from './requests.ts'
import type { Listener } from './post.ts'

/** A read that brought nothing usable; its cause is what was wrong with the connection. */
export class ApiError extends Error {
  override name = 'ReadError'
  /** The HTTP status; null where no answer came. */
  readonly status: number | null
  /** The server does not have the API that was asked. */
  readonly isNoApi: boolean
  /** What the server said of when to come again is in here. */
  readonly headers: Answer['headers']
  /** Nothing of the request was sent. */
  readonly isUnsent: boolean

  constructor(
    message: string,
    status: number | null,
    isNoApi = false,
    headers: Answer['headers'] = {},
    isUnsent = false,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = status
    this.isNoApi = isNoApi
    this.headers = headers
    this.isUnsent = isUnsent
  }

  /** Whether the same read may work a moment later: no answer, half of one, a gateway's error, a rate limit. */
  get isPassing(): boolean {
    return this.status === null || [200, 408, 429].includes(this.status) || this.status >= 500
  }
}

/** Reads things of one project with one credential. */
export interface Reader {
  dialect: Dialect
  target: ProjectAddress
  /** The JSON at a path under the project. Throws a ReadError for anything but 200 with JSON, an abort's reason for an abort. */
  get(path: string): Promise<unknown>
  /** The entries of a list, page after page until `isEnough` or the end. Throws as `get`. */
  list(path: string, isEnough?: (entries: readonly unknown[]) => boolean): Promise<unknown[]>
}

const perPage = 100

/** The error for an outcome that is not what was asked for. */
export function readError(outcome: Outcome): ApiError {
  if (outcome.kind === 'no answer') {
    const { error, isSent } = outcome
    return new ApiError(explainConnectionFailure(error).what, null, false, {}, !isSent, error)
  }
  if (outcome.status === 200) {
    // What was to be read may hold secrets, and is no error text.
    const what = outcome.isComplete ? 'the answer is no JSON, as GitLab gives' : 'the answer broke off'
    return new ApiError(what, outcome.status, false, outcome.headers)
  }
  const words = gitlabWords(outcome)
  const message = words.startsWith(String(outcome.status)) ? words : `${outcome.status} ${words}`.trim()
  return new ApiError(message, outcome.status, lacksApi(outcome), outcome.headers)
}

/** The number of the next page, '' after the last. Of `Link`, which lasts where something on the way drops the other, only the number is taken. */
function nextPage(headers: Answer['headers']): string {
  const link = /<[^>]*[?&]page=(\d+)[^>]*>; *rel="?next/.exec(headers['link'] ?? '')
  return headers['x-next-page'] ?? link?.[1] ?? ''
}

/** A reader of a project: as `credential` says, or as anybody. */
export function readerFor(
  target: ProjectAddress,
  dialect: Dialect,
  credential: Credential | undefined,
  link: RequestSender,
  listen: Listener,
): Reader {
  const get = async (path: string): Promise<{ json: unknown; nextPage: string }> => {
    const request = readRequest(target, dialect, path, credential)
    const outcome = await link.send(request)
    listen(request, outcome)
    link.signal.throwIfAborted()
    const json =
      outcome.kind === 'answer' && outcome.status === 200 && outcome.isComplete ? jsonOf(outcome) : undefined
    if (outcome.kind === 'no answer' || json === undefined) throw readError(outcome)
    return { json, nextPage: nextPage(outcome.headers) }
  }
  return {
    dialect,
    target,
    get: async (path) => (await get(path)).json,
    async list(path, isEnough = () => false) {
      const entries: unknown[] = []
      const separator = path.includes('?') ? '&' : '?'
      let page = '1'
      while (page !== '') {
        const { json, nextPage } = await get(`${path}${separator}per_page=${perPage}&page=${page}`)
        if (Array.isArray(json)) entries.push(...(json as unknown[]))
        if (isEnough(entries)) break
        page = /^\d+$/.test(nextPage) && Number(nextPage) > Number(page) ? nextPage : ''
      }
      return entries
    },
  }
}
