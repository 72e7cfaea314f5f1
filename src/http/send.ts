import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { version } from '../version.ts'
import { connect, type Way } from './connect.ts'
import { encodeForm } from './multipart.ts'
import { isProxyRefusal, ProxyError } from './proxy-error.ts'

/** A request as a value: it can be printed, compared and masked before it is sent. */
export interface HttpRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Readonly<Record<string, string>>
  /** Sent as multipart/form-data. */
  form?: readonly (readonly [name: string, value: string])[]
}

/** An answer, as far as it came. Header names are lower case. */
export interface Answer {
  kind: 'answer'
  status: number
  headers: Readonly<Record<string, string>>
  body: string
  /** False when the connection broke, or somebody ended it, before the end of the body. */
  isComplete: boolean
  /** Why an incomplete body ended: the signal's reason, or the connection's error. */
  error?: unknown
}

/** No answer. `isSent` is whether our request's own headers were written: undici says so, error codes cannot (guarantees 5). */
export interface NoAnswer {
  kind: 'no answer'
  error: unknown
  isSent: boolean
}

/** How a request ended. */
export type Outcome = Answer | NoAnswer

/**
 * Notices when the headers of *this* request are written to its socket. undici makes its request object, and publishes it,
 * while `start` runs; a CONNECT to a proxy is another object.
 */
function watchSending<T>(start: () => Promise<T>): {
  result: Promise<T>
  isSent: () => boolean
  stop: () => void
} {
  let ours: unknown
  let isSent = false
  const onCreate = (message: unknown): void => {
    ours ??= (message as { request: unknown }).request
  }
  const onSend = (message: unknown): void => {
    if ((message as { request: unknown }).request === ours) isSent = true
  }
  subscribe('undici:client:sendHeaders', onSend)
  subscribe('undici:request:create', onCreate)
  const result = start()
  unsubscribe('undici:request:create', onCreate)
  // Without the channels (another undici) nothing is known, and that counts as sent.
  if (ours === undefined) isSent = true
  return { result, isSent: () => isSent, stop: () => unsubscribe('undici:client:sendHeaders', onSend) }
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

/**
 * Sends one request over a connection of its own and reads the answer; never follows a redirect, never repeats. Does not throw: what
 * went wrong is in the outcome, also when `signal` aborts, which ends everything at once.
 */
export async function send(request: HttpRequest, way: Way, signal: AbortSignal): Promise<Outcome> {
  if (signal.aborted) return { kind: 'no answer', error: signal.reason, isSent: false }
  const form = request.form && encodeForm(request.form)
  const connection = connect(way, request.url)
  const reason = (error: unknown): unknown => (signal.aborted ? signal.reason : error)
  const abort = (): void => {
    connection.destroy(signal.reason as Error)
  }
  signal.addEventListener('abort', abort)
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
    }),
  )
  try {
    const { statusCode, headers, body } = await sending.result
    const read = await readBody(body)
    const answer = { status: statusCode, headers: plainHeaders(headers), body: read.text }
    if (isProxyRefusal(answer)) return { kind: 'no answer', error: new ProxyError(statusCode), isSent: false }
    if (read.isComplete) return { kind: 'answer', ...answer, isComplete: true }
    return { kind: 'answer', ...answer, isComplete: false, error: reason(read.error) }
  } catch (error) {
    return { kind: 'no answer', error: reason(error), isSent: sending.isSent() }
  } finally {
    sending.stop()
    signal.removeEventListener('abort', abort)
    connection.destroy(new Error('done'))
  }
}

async function readBody(
  body: AsyncIterable<unknown>,
): Promise<{ text: string; isComplete: boolean; error?: unknown }> {
  const chunks: Buffer[] = []
  const text = (): string => Buffer.concat(chunks).toString()
  try {
    for await (const chunk of body) chunks.push(chunk as Buffer)
  } catch (error) {
    return { text: text(), isComplete: false, error }
  }
  return { text: text(), isComplete: true }
}
