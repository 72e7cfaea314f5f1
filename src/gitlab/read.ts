import type { Way } from '../http/connect.ts'
import { send } from '../http/send.ts'
import { explainTrouble } from '../http/trouble.ts'
import { gitlabWords, jsonOf, lacksApi } from './answer.ts'
import type { Dialect } from './dialect.ts'
import { readRequest, type Credential, type Target } from './requests.ts'
import type { Listener } from './post.ts'

/** A read that brought nothing usable. */
export class ReadError extends Error {
  override name = 'ReadError'
  /** The HTTP status; null where no answer came. */
  readonly status: number | null
  /** The server does not have the API that was asked. */
  readonly isNoApi: boolean

  constructor(message: string, status: number | null, isNoApi = false) {
    super(message)
    this.status = status
    this.isNoApi = isNoApi
  }

  /** Whether the same read may work a moment later: no answer, half of one, a gateway's error, a rate limit. */
  get isPassing(): boolean {
    return this.status === null || this.status === 200 || this.status === 429 || this.status >= 500
  }
}

/** Reads things of one project with one credential. */
export interface Reader {
  dialect: Dialect
  /** The JSON at a path under the project. Throws a ReadError for anything but 200 with JSON, an abort's reason for an abort. */
  get(path: string): Promise<unknown>
  /** The entries of a list, page after page until `isEnough` or the end. Throws as `get`. */
  list(path: string, isEnough?: (entries: readonly unknown[]) => boolean): Promise<unknown[]>
}

const perPage = 100

/** A reader of a project: as `credential` says, or as anybody. */
export function readerFor(
  target: Target,
  dialect: Dialect,
  credential: Credential | undefined,
  way: Way,
  signal: AbortSignal,
  listen: Listener,
): Reader {
  const get = async (path: string): Promise<{ json: unknown; nextPage: string }> => {
    const request = readRequest(target, dialect, path, credential)
    const outcome = await send(request, way, signal)
    listen(request, outcome)
    signal.throwIfAborted()
    if (outcome.kind === 'no answer') throw new ReadError(explainTrouble(outcome.error).what, null)
    const json = jsonOf(outcome)
    if (outcome.status !== 200 || !outcome.isComplete || json === undefined) {
      const words = gitlabWords(outcome)
      const message = words.startsWith(String(outcome.status)) ? words : `${outcome.status} ${words}`.trim()
      throw new ReadError(message, outcome.status, lacksApi(outcome))
    }
    return { json, nextPage: outcome.headers['x-next-page'] ?? '' }
  }
  return {
    dialect,
    get: async (path) => (await get(path)).json,
    async list(path, isEnough = () => false) {
      const entries: unknown[] = []
      let page = '1'
      while (page !== '') {
        const { json, nextPage } = await get(`${path}?per_page=${perPage}&page=${page}`)
        if (Array.isArray(json)) entries.push(...(json as unknown[]))
        if (isEnough(entries)) break
        page = /^\d+$/.test(nextPage) && Number(nextPage) > Number(page) ? nextPage : ''
      }
      return entries
    },
  }
}
