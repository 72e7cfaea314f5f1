import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { platform } from 'node:os'
import { rootCertificates } from 'node:tls'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isUnknownIssuer, systemAuthorities, type SystemStore } from './tls/system-authorities.ts'
import { throughTunnel, type Connector, type ProxyOptions } from './proxy/tunnel.ts'
import { unpauseAtEnd } from './undici-workaround.ts'

/** Transport options for one server. */
export interface TransportOptions {
  /** PEM text of additional CA certificates; undefined: only Node's own and NODE_EXTRA_CA_CERTS. */
  ca?: string | undefined
  /** The path in NODE_EXTRA_CA_CERTS, which Node ignores as soon as `ca` is given. */
  extraCaFile?: string | undefined
  /** The client certificate. */
  certificate?: { cert: string; key: string } | undefined
  /** Where the system's CA certificates are; by default in its usual places. */
  systemStore?: SystemStore | undefined
  proxy?: ProxyOptions | undefined
  /** Skips verification of the server's certificate. */
  insecure?: boolean | undefined
  /** Called around the creation of undici's parser; see `Context.withoutWasmTiering`. */
  withoutWasmTiering?: ((work: () => void) => void) | undefined
}

/** A connection pool for one server. */
export interface Connection {
  dispatcher: Dispatcher
  /** The address, path and headers to use for a URL: for plain http through a proxy, those of the proxy. */
  route(url: string): { origin: string; path: string; headers: Record<string, string> }
  /** Accepts no more requests; resolves when the pending ones are finished. */
  close(): Promise<void>
  /** Closes all connections at once, half-open sockets too. */
  destroy(reason: Error): void
}

/**
 * The CA certificates to trust; undefined means Node's own. An explicit list replaces both Node's root
 * certificates and NODE_EXTRA_CA_CERTS (docs/guarantees.md#4.5), so it must include them.
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
      // Node only warns about a missing NODE_EXTRA_CA_CERTS, too.
    }
  }
  return [...rootCertificates, ...extra, ...(ca === undefined ? [] : [ca]), ...more]
}

/** undici's time limits are off, since one deadline covers the whole run. Responses are limited in bytes. */
const limits = { headersTimeout: 0, bodyTimeout: 0, maxResponseSize: 1024 * 1024, pipelining: 0 } as const

/**
 * Options for repeated requests: connections stay open between polls to save handshakes. undici's default of
 * 4 s is shorter than most polling intervals; nginx closes idle connections after 75 s.
 */
const keepAliveLimits = {
  ...limits,
  maxResponseSize: -1,
  pipelining: 1,
  connections: 6,
  keepAliveTimeout: 60_000,
  keepAliveMaxTimeout: 60_000,
} as const

/** Collects all sockets: undici's `destroy` keeps half-open ones and the process alive (docs/guarantees.md#4.3). */
function collectingSockets(connector: Connector, sockets: Set<{ destroy(): unknown }>): Connector {
  return (options, callback) => {
    // The types declare void, but a socket is returned.
    const connect = connector as (...all: unknown[]) => Socket
    const socket = connect(options, callback)
    unpauseAtEnd(socket)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
}

/** undici creates its parser in the callback of the first connection. */
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

function directRoute(url: string): ReturnType<Connection['route']> {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: pathname + search, headers: {} }
}

/**
 * Connects with Node's CA certificates. If the issuer is unknown, tries again with those of the system:
 * reading them takes longer than the rest of the start, and few servers need them. No request has been sent
 * by then.
 */
function withSystemFallback(
  transport: TransportOptions,
  make: (ca: string[] | undefined) => Connector,
): Connector {
  const first = make(authorities(transport))
  return (options, callback) => {
    first(options, (...result) => {
      const [error] = result
      const more =
        error && isUnknownIssuer(error)
          ? systemAuthorities(transport.systemStore ?? { platform: platform() })
          : []
      if (more.length === 0) callback(...result)
      else make(authorities(transport, more))(options, callback)
    })
  }
}

/**
 * Opens a connection for one request, or with `isKept` a pool for many, directly or through a proxy. Plain
 * http goes through a proxy as in curl: with the whole URL as path.
 */
export function connect(options: TransportOptions, url: string, isKept = false): Connection {
  const sockets = new Set<{ destroy(): unknown }>()
  const { proxy } = options
  const isTunnel = proxy !== undefined && (url.startsWith('https:') || proxy.url.startsWith('socks'))
  const connectorWith = (ca: string[] | undefined, more = {}): Connector =>
    collectingSockets(buildConnector({ timeout: 0, ...(ca && { ca }), ...more }), sockets)
  const toServer = (ca: string[] | undefined): Connector =>
    connectorWith(ca, { ...options.certificate, ...(options.insecure && { rejectUnauthorized: false }) })
  const toProxy = withSystemFallback(options, (ca) => connectorWith(ca))
  const toTarget = withSystemFallback(options, (ca) =>
    isTunnel ? throughTunnel(proxy, toProxy, toServer(ca)) : toServer(ca),
  )
  // For plain http through an http proxy, connect to the proxy.
  const connector = withWasmTieringOff(
    proxy === undefined || isTunnel ? toTarget : toProxy,
    options.withoutWasmTiering,
  )
  const dispatcher = new Agent({
    ...(isKept ? keepAliveLimits : { ...limits, connections: 1 }),
    connect: connector,
  })
  return {
    dispatcher,
    route(to) {
      if (proxy === undefined || isTunnel) return directRoute(to)
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
