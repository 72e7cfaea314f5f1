import type { Outcome } from './message.ts'
import type { Answer } from './message.ts'
import type { HttpRequest } from './message.ts'
import type { RequestSender } from './http-session.ts'

/** So much is remembered of all answers together, in characters, and of one of them. */
const mostOfAll = 16 * 1024 * 1024
const mostOfOne = 1024 * 1024

/**
 * A link that asks for what it has seen before with If-None-Match: a 304 becomes the remembered answer, so that an unchanged list costs no
 * bytes (facts 4.5; it is counted as a request all the same).
 */
export function withEtagCache<L extends RequestSender>(link: L): L {
  const remembered = new Map<string, Answer & { etag: string }>()
  let size = 0
  const forget = (url: string): void => {
    size -= remembered.get(url)?.body.length ?? 0
    remembered.delete(url)
  }
  const send = async (request: HttpRequest): Promise<Outcome> => {
    if (request.method !== 'GET') return link.send(request)
    const before = remembered.get(request.url)
    const headers = before ? { ...request.headers, 'if-none-match': before.etag } : request.headers
    const outcome = await link.send({ ...request, headers })
    if (outcome.kind === 'no answer') return outcome
    if (outcome.status === 304 && before)
      return { ...before, headers: { ...before.headers, ...outcome.headers } }
    const { status, isComplete, body } = outcome
    if (status !== 200 || !isComplete) return outcome
    forget(request.url)
    const etag = outcome.headers['etag']
    if (etag === undefined || body.length > mostOfOne) return outcome
    remembered.set(request.url, { ...outcome, etag })
    size += body.length
    // The oldest first: a Map keeps the order in which it was filled.
    for (const url of remembered.keys()) if (size > mostOfAll) forget(url)
    return outcome
  }
  return { ...link, send }
}
