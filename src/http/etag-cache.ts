import type { Answer, HttpRequest, Outcome } from './message.ts'

/** So much is remembered of all answers together, in characters, and of one of them. */
const mostOfAll = 16 * 1024 * 1024
const mostOfOne = 1024 * 1024

type Send = (request: HttpRequest) => Promise<Outcome>

/**
 * Returns a wrapper of functions that send GETs: what one of them has read before is asked for with If-None-Match, and a 304 becomes the remembered
 * answer, so that an unchanged list costs no bytes (docs/gitlab.md#4.5; GitLab counts it as a request all the same).
 */
export function etagCache(): (send: Send) => Send {
  const remembered = new Map<string, Answer & { etag: string }>()
  let size = 0
  const forget = (url: string): void => {
    size -= remembered.get(url)?.body.length ?? 0
    remembered.delete(url)
  }
  return (send) => async (request) => {
    const before = remembered.get(request.url)
    const headers = before ? { ...request.headers, 'if-none-match': before.etag } : request.headers
    const outcome = await send({ ...request, headers })
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
}
