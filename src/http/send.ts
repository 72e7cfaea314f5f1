import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { version } from '../core/version.ts'
import { decodedBody } from './content-encoding.ts'
import { announcedLength } from './content-length.ts'
import { connect, type Connection, type TransportOptions } from './connect.ts'
import { encodeForm } from './multipart.ts'
import { orAborted } from './or-aborted.ts'
import { limitOverhead, ResponseTooLarge, type Overhead } from './overhead.ts'
import { isProxyRefusal, ProxyError } from './proxy/proxy-error.ts'
import type { Answer, HttpRequest, NoAnswer, OpenAnswer, Outcome } from './message.ts'

/**
 * Notices when the headers of *this* request are written to its socket, and limits the overhead of what comes back there. undici makes its request
 * object, and publishes it, while `start` runs; a CONNECT to a proxy is another object.
 */
function watchSending<T>(start: () => Promise<T>): {
  result: Promise<T>
  isSent: () => boolean
  overhead: () => Overhead | undefined
  stop: () => void
} {
  let ours: unknown
  let isSent = false
  let overhead: Overhead | undefined
  const onCreate = (message: unknown): void => {
    ours ??= (message as { request: unknown }).request
  }
  const onSend = (message: unknown): void => {
    const { request, socket } = message as { request: unknown; socket: Socket }
    if (request !== ours) return
    isSent = true
    overhead?.end()
    overhead = limitOverhead(socket)
  }
  subscribe('undici:client:sendHeaders', onSend)
  subscribe('undici:request:create', onCreate)
  const result = start()
  unsubscribe('undici:request:create', onCreate)
  // Without the channels (another undici) nothing is known, and that counts as sent.
  if (ours === undefined) isSent = true
  return {
    result,
    isSent: () => isSent,
    overhead: () => overhead,
    stop: () => unsubscribe('undici:client:sendHeaders', onSend),
  }
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

/** Why a request ended: what stopped it, where something did, else the connection's error. */
const reasonOf = (signal: AbortSignal, error: unknown): unknown => (signal.aborted ? signal.reason : error)

/** An open answer as its connection gives it: the code that reads the body adds the content to `overhead`, since a generator that does takes memory for each piece. */
export interface BegunAnswer extends OpenAnswer {
  overhead: Overhead | undefined
}

/**
 * Sends one request over a connection and resolves with the head of the answer. Does not throw; the connection stays open. Once the head
 * is there, `signal` ends the body too.
 */
export async function begin(
  request: HttpRequest,
  connection: Connection,
  signal: AbortSignal,
): Promise<BegunAnswer | NoAnswer> {
  const form = request.form && encodeForm(request.form)
  const { origin, path, headers: routing } = connection.route(request.url)
  const sending = watchSending(() =>
    connection.dispatcher.request({
      origin,
      path,
      method: request.method,
      headers: {
        'user-agent': `gitlab-trigger/${version}`,
        'accept-encoding': 'identity',
        accept: 'application/json',
        ...(form && { 'content-type': form.contentType }),
        ...routing,
        ...request.headers,
      },
      body: form?.body ?? null,
      signal,
    }),
  )
  try {
    // undici ignores an abort while it connects (docs/guarantees.md#4.3).
    const { statusCode, headers, body } = await orAborted(sending.result, signal)
    const answer = { status: statusCode, headers: plainHeaders(headers) }
    const overhead = sending.overhead()
    body.once('close', () => overhead?.end())
    const stop = (): void => void body.on('error', () => undefined).destroy()
    if (!isProxyRefusal(answer)) {
      const encoding = answer.headers['content-encoding']
      const content = encoding === undefined ? body : decodedBody(body, encoding)
      return { kind: 'open', ...answer, body: content, overhead, stop }
    }
    stop()
    return { kind: 'no answer', error: new ProxyError(statusCode), isSent: false }
  } catch (error) {
    sending.overhead()?.end()
    return { kind: 'no answer', error: reasonOf(signal, error), isSent: sending.isSent() }
  } finally {
    sending.stop()
  }
}

/** Reads the body of an answer to its end, or to `mostBytes`. Does not throw: what went wrong is in the answer. */
export async function readBody(
  { status, headers, body, overhead, stop }: BegunAnswer,
  signal: AbortSignal,
  mostBytes: number,
): Promise<Answer> {
  // Copied together: a piece keeps all that came with it in memory, of which it may be a small part.
  // As much as is announced, within the limit: a buffer that grows leaves twice as much behind.
  let bytes = Buffer.allocUnsafeSlow(Math.min(Number(headers['content-length']) || 0, mostBytes))
  let size = 0
  const answer = (): Pick<Answer, 'kind' | 'status' | 'headers' | 'body'> => ({
    kind: 'answer',
    status,
    headers,
    body: bytes.toString('utf8', 0, size),
  })
  try {
    // Of an error, the beginning tells what it is.
    if (status === 200 && (announcedLength(headers) ?? 0) > mostBytes) throw new ResponseTooLarge(mostBytes)
    for await (const chunk of body) {
      const end = size + chunk.length
      if (end > mostBytes) throw new ResponseTooLarge(mostBytes)
      if (end > bytes.length) bytes = Buffer.concat([bytes], Math.max(end, 2 * bytes.length))
      chunk.copy(bytes, size)
      overhead?.add(chunk.length)
      size = end
    }
  } catch (error) {
    stop()
    return { ...answer(), isComplete: false, error: reasonOf(signal, error) }
  }
  return { ...answer(), isComplete: true }
}

/** Enough for any answer to a trigger, in bytes. */
const mostBytes = 1024 * 1024

/**
 * Sends one request over a connection of its own and reads the answer; never follows a redirect, never repeats. Does not throw: what
 * went wrong is in the outcome, also when `signal` aborts, which ends everything at once.
 */
export async function send(
  request: HttpRequest,
  way: TransportOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  if (signal.aborted) return { kind: 'no answer', error: signal.reason, isSent: false }
  const connection = connect(way, request.url)
  const abort = (): void => {
    connection.destroy(signal.reason as Error)
  }
  signal.addEventListener('abort', abort)
  try {
    const opened = await begin(request, connection, signal)
    return opened.kind === 'open' ? await readBody(opened, signal, mostBytes) : opened
  } finally {
    signal.removeEventListener('abort', abort)
    connection.destroy(new Error('done'))
  }
}
