import type { Answer, HttpRequest, Outcome } from './send.ts'
import type { Link } from './session.ts'

/** So many answers are remembered, and none larger than this, in characters. */
const most = 300
const largest = 1024 * 1024

/**
 * A link that asks for what it has seen before with If-None-Match: a 304 becomes the remembered answer, so that an unchanged list costs no
 * bytes (facts 4.5; it is counted as a request all the same).
 */
export function conditional<L extends Link>(link: L): L {
  const remembered = new Map<string, Answer & { etag: string }>()
  const send = async (request: HttpRequest): Promise<Outcome> => {
    if (request.method !== 'GET') return link.send(request)
    const before = remembered.get(request.url)
    const headers = before ? { ...request.headers, 'if-none-match': before.etag } : request.headers
    const outcome = await link.send({ ...request, headers })
    if (outcome.kind === 'no answer') return outcome
    if (outcome.status === 304 && before)
      return { ...before, headers: { ...before.headers, ...outcome.headers } }
    const etag = outcome.headers['etag']
    remembered.delete(request.url)
    if (
      outcome.status === 200 &&
      outcome.isComplete &&
      etag !== undefined &&
      outcome.body.length <= largest
    ) {
      remembered.set(request.url, { ...outcome, etag })
      const [oldest] = remembered.keys()
      if (remembered.size > most && oldest !== undefined) remembered.delete(oldest)
    }
    return outcome
  }
  return { ...link, send }
}
