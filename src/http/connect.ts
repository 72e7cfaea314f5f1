import type { Socket } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { sharedContext, type Authorities, type ClientKeyPair } from './tls/shared-context.ts'
import { withSystemFallback, type TrustOptions } from './tls/system-fallback.ts'
import { throughTunnel, type Connector, type ProxyOptions } from './proxy/tunnel.ts'
import { unpauseAtEnd } from './undici-workaround.ts'

/** Transport options for one server. */
export interface TransportOptions extends TrustOptions {
  /** The client certificate. */
  certificate?: ClientKeyPair | undefined
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

/**
 * Collects all sockets: undici's `destroy` keeps half-open ones and the process alive (docs/guarantees.md#4.3). The connector is made with the first
 * connection: what is wrong with a certificate is an error of that.
 */
function collectingSockets(make: () => Connector, sockets: Set<{ destroy(): unknown }>): Connector {
  // The types declare void, but a socket is returned.
  let connect: ((...all: unknown[]) => Socket) | undefined
  return (options, callback) => {
    connect ??= make() as unknown as (...all: unknown[]) => Socket
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
 * Opens a connection for one request, or with `isKept` a pool for many, directly or through a proxy. Plain
 * http goes through a proxy as in curl: with the whole URL as path.
 */
export function connect(options: TransportOptions, url: string, isKept = false): Connection {
  const sockets = new Set<{ destroy(): unknown }>()
  const { proxy } = options
  const isTunnel = proxy !== undefined && (url.startsWith('https:') || proxy.url.startsWith('socks'))
  const connectorWith = (
    ca: Authorities | undefined,
    certificate?: ClientKeyPair,
    more: { rejectUnauthorized?: false } = {},
  ): Connector => {
    const make = (): Connector => {
      const trusted = ca ? { secureContext: sharedContext(ca, certificate) } : certificate
      return buildConnector({ timeout: 0, ...trusted, ...more })
    }
    return collectingSockets(make, sockets)
  }
  const toServer = (ca: Authorities | undefined): Connector =>
    connectorWith(ca, options.certificate, options.insecure ? { rejectUnauthorized: false } : {})
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
