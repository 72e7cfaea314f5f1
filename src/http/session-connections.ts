import { connect, type Connection, type TransportOptions } from './connect.ts'
import type { HttpRequest, NoAnswer } from './message.ts'
import { begin, type BegunAnswer } from './send.ts'

/** The connections of a session. */
export interface SessionConnections {
  begin(request: HttpRequest, limit: AbortSignal): Promise<BegunAnswer | NoAnswer>
  /** Closes another session together with these. */
  adopt(other: { close(): void }): void
  close(): void
}

/** The connections to the server of a base URL; they are opened when the first request begins, and stay open until `close`. */
export function openConnections(base: string, transport: TransportOptions): SessionConnections {
  let kept: Connection | undefined
  let isClosed = false
  const connections = new Set<Connection>()
  const others = new Set<{ close(): void }>()
  return {
    async begin(request, limit) {
      if (limit.aborted) return { kind: 'no answer', error: limit.reason, isSent: false }
      if (isClosed) return { kind: 'no answer', error: new Error('the session is closed'), isSent: false }
      const connection = (kept ??= connect(transport, base, true))
      connections.add(connection)
      const answer = await begin(request, connection, limit)
      // Whatever went wrong, the next request starts with new connections: a hanging one would never be given up.
      if (answer.kind === 'no answer' && kept === connection) {
        kept = undefined
        void connection.close().then(() => connections.delete(connection))
      }
      return answer
    },
    adopt: (other) => void others.add(other),
    close() {
      isClosed = true
      for (const other of others) other.close()
      others.clear()
      for (const connection of connections) connection.destroy(new Error('done'))
      connections.clear()
    },
  }
}
