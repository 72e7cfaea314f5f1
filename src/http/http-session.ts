import type { TransportOptions } from './connect.ts'
import { etagCache } from './etag-cache.ts'
import type { Answer, HttpRequest, Listener, NoAnswer, OpenAnswer, Outcome } from './message.ts'
import { requestPolicies } from './request-policy.ts'
import { startRequestTimer, type Alarm, type RequestTimer } from './request-timer.ts'
import type { PollPolicy } from './retry/grace.ts'
import { repeatBroken, repeatPoll, repeatTransient, type RepeatOptions } from './retry/repeat.ts'
import { readBody, send, type BegunAnswer } from './send.ts'
import { openConnections, type SessionConnections } from './session-connections.ts'

/** What a request with an open body brings. */
export type Opened = OpenAnswer | Answer | NoAnswer

/** What a request adds to its policy. */
export interface SendOptions {
  /** Needed by the policy `poll`. */
  poll?: PollPolicy | undefined
  /** The most times that it is sent, if fewer than its policy allows. */
  attempts?: number | undefined
}

/** Sends requests to one server, each as its policy says, until `signal` aborts. */
export interface RequestSender {
  readonly signal: AbortSignal
  /** Never throws for what the network or the server does; rejects only when the command, or the poll, is stopped between two attempts. */
  send(request: HttpRequest, options?: SendOptions): Promise<Outcome>
  /** The same connections, whose requests end at other limits. */
  within(limits: RequestLimits): RequestSender
}

/** A sender whose connections stay open between requests. */
export interface HttpSession extends RequestSender {
  /**
   * The head of the answer; its body comes as it is read, and the limit of a request counts from one piece to the next. An answer but 200 is read
   * to its end.
   */
  open(request: HttpRequest, options?: SendOptions): Promise<Opened>
  /**
   * Opens a URL on another host (object storage), without client certificate or credentials. It is reached through the same
   * proxy. Listeners receive `shown`.
   */
  openElsewhere(url: string, shown: HttpRequest): Promise<Opened>
  /** Reads a body that `open` opens, as `repeatBroken`. */
  readWhole<T>(open: () => Promise<OpenAnswer>, read: (body: OpenAnswer['body']) => Promise<T>): Promise<T>
  within(limits: RequestLimits): HttpSession
  close(): void
}

/** What ends the requests of a session: `signal` all of them, `timing` the repeating. */
export interface RequestLimits extends Pick<RepeatOptions, 'signal' | 'timing'> {
  /** Awaited before each request: resolves when the rate limit allows it. Rejects when the command is stopped. */
  turn?: (() => Promise<void>) | undefined
}

/** What all requests of a session share. */
export interface SessionOptions extends RepeatOptions, RequestLimits {
  transport: TransportOptions
  /** Receives each request that was sent, however often, with its outcome. */
  listen: Listener
  alarm: Alarm
}

/** Enough for a hundred jobs with their commits, in bytes. */
const mostBytes = 16 * 1024 * 1024

/**
 * Sends a request once, and after a 401 again where its token was replaced in the meantime: GitLab has done nothing
 * for the old one, so that a change may be sent again too.
 */
function renewing<T extends Opened>(
  once: (request: HttpRequest) => Promise<T>,
): (request: HttpRequest) => Promise<T> {
  return async (request) => {
    const outcome = await once(request)
    if (outcome.kind !== 'answer' || outcome.status !== 401) return outcome
    const headers = await request.renewed?.()
    return headers ? once({ ...request, headers: { ...request.headers, ...headers } }) : outcome
  }
}

/** Opens a session with the server of a base URL. To be closed at the end, else its sockets keep the process alive. */
export function openHttpSession(base: string, options: SessionOptions): HttpSession {
  const connections = openConnections(base, options.transport)
  const remember = etagCache()
  return sessionOver(connections, remember, options)
}

function sessionOver(
  connections: SessionConnections,
  remember: ReturnType<typeof etagCache>,
  options: SessionOptions,
): HttpSession {
  const { transport, signal, listen } = options
  const within = async <T extends Opened>(
    request: HttpRequest,
    work: (timer: RequestTimer) => Promise<T>,
  ): Promise<T> => {
    await options.turn?.()
    const timer = startRequestTimer(options.alarm, signal)
    let opened: T | undefined
    try {
      opened = await work(timer)
      return opened
    } finally {
      if (opened?.kind !== 'open') timer.end()
      if (opened) listen(request, opened.kind === 'open' ? headOf(opened) : opened)
    }
  }
  const sendKept = remember((request) =>
    within(request, async (timer) => {
      const answer = await connections.begin(request, timer.signal)
      return answer.kind === 'open' ? readBody(answer, timer.signal, mostBytes) : answer
    }),
  )
  const sendApart = (request: HttpRequest): Promise<Outcome> =>
    within(request, (timer) => send(request, transport, timer.signal))
  const openKept = (request: HttpRequest): Promise<Opened> =>
    within(request, async (timer): Promise<Opened> => {
      const answer = await connections.begin(request, timer.signal)
      if (answer.kind === 'no answer') return answer
      if (answer.status !== 200) return readBody(answer, timer.signal, mostBytes)
      const stop = (): void => {
        timer.end()
        answer.stop()
      }
      return {
        kind: 'open',
        status: answer.status,
        headers: answer.headers,
        body: piecewise(answer, timer),
        stop,
      }
    })
  const repeated = <T extends Opened>(
    request: HttpRequest,
    send: (request: HttpRequest) => Promise<T>,
    { poll, attempts = Infinity }: SendOptions = {},
  ): Promise<T> => {
    const once = renewing(send)
    const { repeats, attempts: most } = requestPolicies[request.policy]
    if (repeats === 'nothing') return once(request)
    if (repeats === 'transient') return repeatTransient(request, once, Math.min(attempts, most), options)
    if (repeats === 'polled' && poll) return repeatPoll(request, once, Math.min(attempts, most), poll, signal)
    throw new Error(`a request of the policy ${request.policy} cannot be sent like this`)
  }
  return {
    signal,
    send(request, how) {
      return repeated(request, requestPolicies[request.policy].isKeptAlive ? sendKept : sendApart, how)
    },
    open: (request, how) => repeated(request, openKept, how),
    readWhole: (open, read) => repeatBroken(open, read, options),
    openElsewhere(url, shown) {
      const other = openHttpSession(url, {
        ...options,
        transport: { ...transport, certificate: undefined },
        listen: (_, outcome) => {
          listen(shown, outcome)
        },
      })
      connections.adopt(other)
      return other.open({ policy: 'read', method: 'GET', url, headers: { accept: '*/*' } })
    },
    within: (limits) => sessionOver(connections, remember, { ...options, ...limits }),
    close: () => {
      connections.close()
    },
  }
}

function headOf({ status, headers }: OpenAnswer): Answer {
  return { kind: 'answer', status, headers, body: '', isComplete: true }
}

async function* piecewise(
  { body, overhead, stop }: BegunAnswer,
  timer: RequestTimer,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) {
      // The limit covers waiting for the server, not the reader's own work.
      timer.end()
      overhead?.add(chunk.length)
      yield chunk
      timer.restart()
    }
  } finally {
    timer.end()
    stop()
  }
}
