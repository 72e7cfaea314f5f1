import type { RequestSender, SendOptions } from '../../http/http-session.ts'
import type { Answer, HttpRequest, Outcome } from '../../http/message.ts'
import { ResponseTooLarge } from '../../http/overhead.ts'
import { LostContact, type Fault, type PollPolicy } from '../../http/retry/grace.ts'
import { isTransientStatus } from '../../http/retry/transient.ts'
import { byteSize } from '../../core/text/byte-size.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { gitlabWords, jsonOf, lacksApi } from './answer.ts'
import type { Dialect } from './dialect.ts'
import { readRequest, type Credential, type ProjectAddress } from './requests.ts'

/** A request that did not bring what was asked for; its cause is what was wrong with the connection. */
export class ApiError extends Error {
  override name = 'ApiError'
  /** The HTTP status; null where no answer came. */
  readonly status: number | null
  /** The server does not have the API that was asked. */
  readonly isNoApi: boolean
  /** They tell when the server wants to be asked again. */
  readonly headers: Answer['headers']
  /** Nothing of the request was sent. */
  readonly isUnsent: boolean
  /** The whole answer, where there was one: who gave it can be told from it. */
  readonly answer: Answer | undefined

  constructor(
    message: string,
    status: number | null,
    { answer, isUnsent = false, cause }: { answer?: Answer; isUnsent?: boolean; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = status
    this.isNoApi = answer !== undefined && lacksApi(answer)
    this.headers = answer?.headers ?? {}
    this.isUnsent = isUnsent
    this.answer = answer
  }

  /** Whether GitLab has refused the request. Otherwise nothing is known: there was no usable answer, or an error that may have ended a moment later. */
  get isRefusal(): boolean {
    return this.status !== null && this.status !== 200 && !isTransientStatus(this.status)
  }

  /** Whether it was the length of the answer, so that another try would find it as long. */
  get isTooLarge(): boolean {
    return this.answer?.error instanceof ResponseTooLarge
  }
}

/** A change of which it is not known whether it was made: its answer was lost, or is not the one that belongs to it. */
export class UnconfirmedChange extends ApiError {
  override name = 'UnconfirmedChange'
}

/** Reads things of one project with one credential. */
export interface Reader {
  dialect: Dialect
  target: ProjectAddress
  /**
   * The JSON at a path under the project; a poll is repeated until `accepts` it. Throws an ApiError for anything but 200 with JSON, a LostContact for a
   * poll that was given up, an abort's reason for an abort.
   */
  get(path: string, accepts?: (json: unknown) => boolean): Promise<unknown>
  /** The entries of a list, page after page until `isEnough` or the end. Throws as `get`. */
  list(path: string, isEnough?: (entries: readonly unknown[]) => boolean): Promise<unknown[]>
  /** The same, whose reads are sent with other options. */
  with(options: ReadOptions): Reader
}

/** How the reads of a reader are sent; usually with the policy `read`, with a `poll` as polls. */
export interface ReadOptions extends SendOptions {
  policy?: 'probe'
}

/**
 * How many entries a page has, the usual size first: where a page is larger than an answer may be, the same entries are asked for in smaller
 * ones. Each size divides the one before it, so that a page of the next begins where one of the last would have.
 */
const pageSizes = [100, 20, 5]

/** Why an answer has no end. */
function whyCut(error: unknown): string {
  if (!(error instanceof ResponseTooLarge)) return 'the answer broke off'
  return error.limit === undefined
    ? 'the answer is too large'
    : `the answer is larger than the limit of ${byteSize(error.limit)}`
}

/** The error for an outcome that is not what was asked for. */
export function readError(outcome: Outcome): ApiError {
  if (outcome.kind === 'no answer') {
    const { error, isSent } = outcome
    return new ApiError(explainConnectionFailure(error).what, null, { isUnsent: !isSent, cause: error })
  }
  const answer = outcome
  if (outcome.status === 200) {
    // What was to be read may hold secrets, and is no error text.
    const what = outcome.isComplete ? 'the answer is not JSON, as GitLab sends' : whyCut(outcome.error)
    return new ApiError(what, outcome.status, { answer })
  }
  const words = gitlabWords(outcome)
  const message = words.startsWith(String(outcome.status)) ? words : `${outcome.status} ${words}`.trim()
  return new ApiError(message, outcome.status, { answer })
}

const notUnderstood: Fault = { kind: 'transient', message: 'the answer was not understood' }

/** Whether a whole answer is what was asked for; of one that is cut, only why it is tells whether to ask again. */
const isAccepted = (outcome: Outcome, accepts: (json: unknown) => boolean): boolean =>
  outcome.kind !== 'answer' || outcome.status !== 200 || !outcome.isComplete || accepts(jsonOf(outcome))

/** The number of the next page, '' after the last. Of `Link`, which lasts where a proxy drops the other, only the number is taken. */
function nextPage(headers: Answer['headers']): string {
  const links = (headers['link'] ?? '').split(',')
  const next = links.find((each) => /; *rel="?next/.test(each))
  return headers['x-next-page'] ?? /[?&]page=(\d+)/.exec(next ?? '')?.[1] ?? ''
}

/** Whether an error says the result of a request: that it failed, or that a poll was given up. */
export const isApiFailure = (error: unknown): error is ApiError | LostContact =>
  error instanceof ApiError || error instanceof LostContact

/** The error for an outcome, also of a poll that was given up. */
export function failureOf(outcome: Outcome): ApiError | LostContact {
  const error = readError(outcome)
  return outcome.contactLost === undefined
    ? error
    : new LostContact(`${outcome.contactLost}: ${error.message}`, { cause: error })
}

/** The policy of a read with these options. */
export const readPolicy = ({ policy, poll }: ReadOptions): HttpRequest['policy'] =>
  policy ?? (poll ? 'poll' : 'read')

/** The sizes of pages that were found to be small enough, by the URL of the list; without one the usual size is. */
export type KnownPageSizes = Map<string, number>

/**
 * A reader of a project: with `credential`, or without a login. With a `poll` among the options it polls. `sizes` is what all readers of a
 * server have learned.
 */
export function readerFor(
  target: ProjectAddress,
  dialect: Dialect,
  credential: Credential | undefined,
  sender: RequestSender,
  options: ReadOptions = {},
  sizes: KnownPageSizes = new Map(),
): Reader {
  const get = async (
    path: string,
    accepts: (json: unknown) => boolean,
  ): Promise<{ json: unknown; nextPage: string }> => {
    const request = readRequest(target, dialect, path, credential, readPolicy(options))
    const { poll } = options
    const accepting: PollPolicy | undefined = poll && {
      ...poll,
      judge: (each) => poll.judge(each) ?? (isAccepted(each, accepts) ? undefined : notUnderstood),
    }
    const outcome = await sender.send(request, { ...options, poll: accepting })
    sender.signal.throwIfAborted()
    const json =
      outcome.kind === 'answer' && outcome.status === 200 && outcome.isComplete ? jsonOf(outcome) : undefined
    if (outcome.kind === 'no answer' || json === undefined) throw failureOf(outcome)
    return { json, nextPage: nextPage(outcome.headers) }
  }
  return {
    dialect,
    target,
    with: (changed) => readerFor(target, dialect, credential, sender, changed, sizes),
    get: async (path, accepts = () => true) => (await get(path, accepts)).json,
    async list(path, isEnough = () => false) {
      const entries: unknown[] = []
      const separator = path.includes('?') ? '&' : '?'
      const { url } = readRequest(target, dialect, path, credential)
      let size = sizes.get(url) ?? pageSizes[0] ?? 1
      let page = 1
      for (;;) {
        try {
          const { json, nextPage } = await get(
            `${path}${separator}per_page=${size}&page=${page}`,
            Array.isArray,
          )
          if (!Array.isArray(json)) throw new ApiError('the answer is not a list, as GitLab sends', 200)
          entries.push(...(json as unknown[]))
          const isLast = !/^\d+$/.test(nextPage) || Number(nextPage) <= page
          if (isEnough(entries) || isLast) return entries
          page = Number(nextPage)
        } catch (error) {
          const smaller = pageSizes.find((each) => each < size)
          if (!(error instanceof ApiError && error.isTooLarge) || smaller === undefined) throw error
          page = (page - 1) * (size / smaller) + 1
          size = smaller
          sizes.set(url, size)
        }
      }
    },
  }
}
