import { rootCertificates } from 'node:tls'
import { readFileSync } from 'node:fs'
import { Agent, buildConnector } from 'undici'

/** What is special about the way to a server. */
export interface Way {
  /** PEM text of further authorities to trust; undefined: Node's own and NODE_EXTRA_CA_CERTS, as always. */
  ca?: string | undefined
  /** A path: what Node was told to trust beside its own roots; it must be said again once `ca` is given. */
  extraCaFile?: string | undefined
  /** Who we say that we are. */
  certificate?: { cert: string; key: string } | undefined
}

/** A connection's pool for one request, and the one way to end it. */
export interface Connection {
  agent: Agent
  /** Ends everything at once, half-open sockets too. */
  destroy(reason: Error): void
}

/** `ca` replaces both the built-in roots and NODE_EXTRA_CA_CERTS (guarantees 4.5), so all are given. */
function authorities({ ca, extraCaFile }: Way): string[] | undefined {
  if (ca === undefined) return undefined
  const extra: string[] = []
  if (extraCaFile !== undefined) {
    try {
      extra.push(readFileSync(extraCaFile, 'utf8'))
    } catch {
      // Node itself only warns about a missing NODE_EXTRA_CA_CERTS.
    }
  }
  return [...rootCertificates, ...extra, ca]
}

/** The largest answer that is read, in bytes; GitLab's are a few kilobytes. */
const maxResponseSize = 1024 * 1024

/**
 * A fresh connection. undici's own time limits are off, since one deadline rules the whole run. Every socket is remembered from its
 * birth: `agent.destroy` leaves a half-open one behind, which would keep the process alive (guarantees 4.3).
 */
export function connect(way: Way): Connection {
  const sockets = new Set<{ destroy(): unknown }>()
  const ca = authorities(way)
  const connector = buildConnector({ timeout: 0, ...way.certificate, ...(ca && { ca }) })
  const agent = new Agent({
    connections: 1,
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize,
    connect: (options, callback) => {
      // The types say void; the socket is returned all the same.
      sockets.add((connector as (...all: unknown[]) => { destroy(): unknown })(options, callback))
    },
  })
  return {
    agent,
    destroy(reason) {
      void agent.destroy(reason)
      for (const socket of sockets) socket.destroy()
    },
  }
}
