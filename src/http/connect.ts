import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isUnknownIssuer, systemAuthorities, type SystemStore } from './tls/system-authorities.ts'
import { throughTunnel, type Connector, type ProxyWay } from './proxy/tunnel.ts'
import { unpauseAtEnd } from './undici-workaround.ts'

/** What is special about the way to a server. */
export interface TransportOptions {
  /** PEM text of further authorities to trust; undefined: Node's own and NODE_EXTRA_CA_CERTS, as always. */
  ca?: string | undefined
  /** A path: what Node was told to trust beside its own roots; it must be said again once `ca` is given. */
  extraCaFile?: string | undefined
  /** Who we say that we are. */
  certificate?: { cert: string; key: string } | undefined
  /** Where the system's own authorities are, if not in the usual places. */
  systemStore?: SystemStore | undefined
  proxy?: ProxyWay | undefined
  /** Do not check the server's certificate. */
  insecure?: boolean | undefined
  /** Does `work`, in which undici makes its parser, as `withoutWasmTiering` of the context. */
  withoutWasmTiering?: ((work: () => void) => void) | undefined
}

/** A connection's pool for one request, and the one way to end it. */
export interface Connection {
  dispatcher: Dispatcher
  /** Where the request line goes, and what goes with it: of a plain-http proxy, the proxy itself. */
  route(url: string): { origin: string; path: string; headers: Record<string, string> }
  /** Takes no more requests; resolves when those that go on are over. */
  close(): Promise<void>
  /** Ends everything at once, half-open sockets too. */
  destroy(reason: Error): void
}

/**
 * All authorities to trust, `more` of them beside Node's own; undefined means Node's own alone. Whatever is given replaces both the built-in
 * roots and NODE_EXTRA_CA_CERTS (guarantees 4.5), so all are.
 */
function authorities(
  { ca, extraCaFile }: TransportOptions,
  more: readonly string[] = [],
): string[] | undefined {
  if (ca === undefined && more.length === 0) return undefined
  const extra: string[] = []
  if (extraCaFile !== undefined) {
    try {
      extra.push(readFileSync(extraCaFile, 'utf8'))
    } catch {
      // Node itself only warns about a missing NODE_EXTRA_CA_CERTS.
    }
  }
  return [...rootCertificates, ...extra, ...(ca === undefined ? [] : [ca]), ...more]
}

/** undici's own time limits are off, since one deadline rules the whole run; answers are read up to a size, in bytes. */
const limits = { headersTimeout: 0, bodyTimeout: 0, maxResponseSize: 1024 * 1024, pipelining: 0 } as const

/**
 * For what may be repeated: connections stay open between polls, so that each does not pay for another handshake. Longer than undici's 4 s, which is
 * shorter than most polls; nginx closes after 75 s by default.
 */
const keeping = {
  ...limits,
  maxResponseSize: -1,
  pipelining: 1,
  connections: 6,
  keepAliveTimeout: 60_000,
  keepAliveMaxTimeout: 60_000,
} as const

/** Remembers sockets from their birth: undici's destroy leaves a half-open one behind, which would keep the process alive (guarantees 4.3). */
function remembering(connector: Connector, sockets: Set<{ destroy(): unknown }>): Connector {
  return (options, callback) => {
    // The types say void; the socket is returned all the same.
    const connect = connector as (...all: unknown[]) => Socket
    const socket = connect(options, callback)
    unpauseAtEnd(socket)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
}

/** undici makes its parser while it is told of the first connection. */
function withWasmTieringOff(
  connector: Connector,
  withoutWasmTiering: TransportOptions['withoutWasmTiering'],
): Connector {
  if (!withoutWasmTiering) return connector
  return (options, callback) => {
    connector(options, (...result) => {
      withoutWasmTiering(() => {
        callback(...result)
      })
    })
  }
}

function direct(url: string): ReturnType<Connection['route']> {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: pathname + search, headers: {} }
}

/**
 * Connects, and where nobody that Node trusts signed the certificate, once more trusting the system's authorities too: most servers need none of
 * them, and reading them takes longer than the rest of a start. `make` makes a connector that trusts these. No request has been sent by then.
 */
function orWithSystem(way: TransportOptions, make: (ca: string[] | undefined) => Connector): Connector {
  const first = make(authorities(way))
  return (options, callback) => {
    first(options, (...result) => {
      const [error] = result
      const more = error && isUnknownIssuer(error) ? systemAuthorities(way.systemStore ?? {}) : []
      if (more.length === 0) callback(...result)
      else make(authorities(way, more))(options, callback)
    })
  }
}

/**
 * A fresh connection for one request, or with `isKept` some for many, direct or through a proxy. Plain http goes through a proxy as curl sends it:
 * with the whole address as path.
 */
export function connect(way: TransportOptions, url: string, isKept = false): Connection {
  const sockets = new Set<{ destroy(): unknown }>()
  const { proxy } = way
  const isTunnel = proxy !== undefined && (url.startsWith('https:') || proxy.url.startsWith('socks'))
  const trusting = (ca: string[] | undefined, more = {}): Connector =>
    remembering(buildConnector({ timeout: 0, ...(ca && { ca }), ...more }), sockets)
  const toServer = (ca: string[] | undefined): Connector =>
    trusting(ca, { ...way.certificate, ...(way.insecure && { rejectUnauthorized: false }) })
  const toProxy = orWithSystem(way, (ca) => trusting(ca))
  const all = orWithSystem(way, (ca) =>
    isTunnel ? throughTunnel(proxy, toProxy, toServer(ca)) : toServer(ca),
  )
  // A proxy that takes whole addresses is the one we connect to.
  const connector = withWasmTieringOff(
    proxy === undefined || isTunnel ? all : toProxy,
    way.withoutWasmTiering,
  )
  const dispatcher = new Agent({ ...(isKept ? keeping : { ...limits, connections: 1 }), connect: connector })
  return {
    dispatcher,
    route(to) {
      if (proxy === undefined || isTunnel) return direct(to)
      const headers: Record<string, string> = { host: new URL(to).host }
      if (proxy.authorization !== undefined) headers['proxy-authorization'] = proxy.authorization
      return { origin: proxy.url, path: to, headers }
    },
    close: () => dispatcher.close().catch(() => undefined),
    destroy(reason) {
      void dispatcher.destroy(reason).catch(() => undefined)
      for (const socket of sockets) socket.destroy()
    },
  }
}
