import { DeadlineError } from '../errors.ts'
import { connect, type Connection, type Way } from './connect.ts'
import {
  begin,
  finish,
  send,
  type Answer,
  type BegunAnswer,
  type HttpRequest,
  type NoAnswer,
  type OpenAnswer,
  type Outcome,
} from './send.ts'

/** A way to send requests to one server until `signal` aborts. */
export interface Link {
  readonly signal: AbortSignal
  /** As `send` of http/send.ts. */
  send(request: HttpRequest): Promise<Outcome>
}

/** A link for what may be repeated: its connections stay open between requests, and each request has its own time limit. */
export interface Session extends Link {
  /** Over a connection of its own, for what changes something. */
  sendOnce(request: HttpRequest): Promise<Outcome>
  /** The head of the answer; its body comes as it is read, and the limit counts from one piece to the next. An answer but 200 is read to its end. */
  open(request: HttpRequest): Promise<OpenAnswer | Answer | NoAnswer>
  /** The same from another server, of which nothing is known but this URL: it is shown no client certificate. The way goes through the same proxy. */
  openElsewhere(url: string): Promise<OpenAnswer | Answer | NoAnswer>
  close(): void
}

/** How long one request may take, or pause between two pieces of its answer, in ms; GitLab's own limit is 60 s. */
const requestLimitMs = 70_000

/** Enough for a hundred jobs with their commits, in bytes. */
const mostBytes = 16 * 1024 * 1024

/** Each request over a connection of its own. */
export function oneByOne(way: Way, signal: AbortSignal): Link {
  return { signal, send: (request) => send(request, way, signal) }
}

type Alarm = (ms: number, expired: () => void) => () => void

/** Ends what waits too long: `restart` gives it the whole time again. */
function patience(alarm: Alarm, signal: AbortSignal): { signal: AbortSignal; restart(): void; end(): void } {
  const controller = new AbortController()
  const start = (): (() => void) =>
    alarm(requestLimitMs, () => {
      controller.abort(new DeadlineError(`no answer within ${requestLimitMs / 1000} s`))
    })
  let end = start()
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    restart() {
      end()
      end = start()
    },
    end: () => {
      end()
    },
  }
}

/** Opens a session with the server of a base URL. To be closed when the work is done, else its sockets keep the process alive. */
export function openSession(base: string, way: Way, signal: AbortSignal, alarm: Alarm): Session {
  let kept: Connection | undefined
  let isClosed = false
  const connections = new Set<Connection>()
  const others = new Set<Session>()
  const begun = async (request: HttpRequest, limit: AbortSignal): Promise<BegunAnswer | NoAnswer> => {
    if (limit.aborted) return { kind: 'no answer', error: limit.reason, isSent: false }
    if (isClosed) return { kind: 'no answer', error: new Error('the session is closed'), isSent: false }
    const connection = (kept ??= connect(way, base, true))
    connections.add(connection)
    const answer = await begin(request, connection, limit)
    // Whatever went wrong, the next request starts with new connections: a hanging one would never be given up.
    if (answer.kind === 'no answer' && kept === connection) {
      kept = undefined
      void connection.close().then(() => connections.delete(connection))
    }
    return answer
  }
  return {
    signal,
    async send(request) {
      const limit = patience(alarm, signal)
      try {
        const answer = await begun(request, limit.signal)
        return answer.kind === 'open' ? await finish(answer, limit.signal, mostBytes) : answer
      } finally {
        limit.end()
      }
    },
    async sendOnce(request) {
      const limit = patience(alarm, signal)
      try {
        return await send(request, way, limit.signal)
      } finally {
        limit.end()
      }
    },
    async open(request) {
      const limit = patience(alarm, signal)
      const answer = await begun(request, limit.signal)
      if (answer.kind === 'no answer' || answer.status !== 200) {
        const whole = answer.kind === 'open' ? await finish(answer, limit.signal, mostBytes) : answer
        limit.end()
        return whole
      }
      const stop = (): void => {
        limit.end()
        answer.stop()
      }
      return { ...answer, body: piecewise(answer, limit), stop }
    },
    openElsewhere(url) {
      const other = openSession(url, { ...way, certificate: undefined }, signal, alarm)
      others.add(other)
      return other.open({ method: 'GET', url, headers: { accept: '*/*' } })
    },
    close() {
      isClosed = true
      for (const other of others) other.close()
      others.clear()
      for (const connection of connections) connection.destroy(new Error('done'))
      connections.clear()
    },
  }
}

async function* piecewise(
  { body, overhead, stop }: BegunAnswer,
  limit: ReturnType<typeof patience>,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) {
      // Whoever takes the pieces may take their time: only the server's is counted.
      limit.end()
      overhead?.add(chunk.length)
      yield chunk
      limit.restart()
    }
  } finally {
    limit.end()
    stop()
  }
}
