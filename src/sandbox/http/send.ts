import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import { part } from '../log/text.ts'
import type { Text } from '../log/text.ts'

/** Rack makes a weak tag of the body of a good answer, and 304 of a GET that has it already (docs/gitlab.md#4.5). */
function etagOf(answer: Answer): string | undefined {
  if ((answer.status !== 200 && answer.status !== 201) || answer.stream !== undefined) return undefined
  return `W/"${createHash('md5').update(answer.body).digest('hex')}"`
}

function isKnown(request: IncomingMessage, etag: string | undefined): boolean {
  const sent = request.headers['if-none-match']
  if (etag === undefined || sent === undefined) return false
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  return sent.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag.slice(2))
}

/** The answer with the headers that GitLab puts on every one (docs/gitlab.md#10.6). */
export function withUsualHeaders(request: IncomingMessage, answer: Answer): Answer {
  const etag = etagOf(answer)
  const headers: Record<string, string> = {
    'x-frame-options': 'SAMEORIGIN',
    'x-content-type-options': 'nosniff',
    'x-request-id': randomUUID(),
    vary: 'Origin',
    'cache-control': etag === undefined ? 'no-cache' : 'max-age=0, private, must-revalidate',
    ...(etag === undefined ? {} : { etag }),
    ...answer.headers,
  }
  if (!isKnown(request, etag)) return { ...answer, headers }
  delete headers['content-type']
  return { status: 304, headers, body: Buffer.alloc(0) }
}

const chunkBytes = 256 * 1024

/** Writes a text as fast as it is read, never more than a chunk ahead. */
function sendText(response: ServerResponse, text: Text, whenDone: () => void): void {
  let from = 0
  const writeMore = (): void => {
    while (!response.destroyed && from < text.length) {
      const to = Math.min(from + chunkBytes, text.length)
      const chunk = text.read(from, to)
      from = to
      if (!response.write(chunk) && from < text.length) {
        response.once('drain', writeMore)
        return
      }
    }
    if (!response.destroyed) whenDone()
  }
  writeMore()
}

/** Writes an answer; `half` sends its head and half of its body and breaks the connection. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer, half = false): void {
  const bodiless = answer.status === 204 || answer.status === 304
  const headers = bodiless
    ? answer.headers
    : { ...answer.headers, 'content-length': String(answer.stream?.length ?? answer.body.length) }
  response.writeHead(answer.status, headers)
  const { stream } = answer
  if (stream !== undefined && request.method !== 'HEAD') {
    const sent = half ? part(stream, 0, Math.floor(stream.length / 2)) : stream
    sendText(response, sent, () => {
      if (half) request.socket.destroy()
      else response.end()
    })
    return
  }
  if (half) {
    response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => {
      request.socket.destroy()
    })
    return
  }
  response.end(bodiless || request.method === 'HEAD' ? undefined : answer.body)
}
