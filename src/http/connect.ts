import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { Agent, buildConnector, Client, ProxyAgent, type Dispatcher } from 'undici'
import { ProxyError, tunnelError } from './proxy-error.ts'

/** What is special about the way to a server. */
export interface Way {
  /** PEM text of further authorities to trust; undefined: Node's own and NODE_EXTRA_CA_CERTS, as always. */
  ca?: string | undefined
  /** A path: what Node was told to trust beside its own roots; it must be said again once `ca` is given. */
  extraCaFile?: string | undefined
  /** Who we say that we are. */
  certificate?: { cert: string; key: string } | undefined
  /** A proxy's address, without user and password, and its Proxy-Authorization. */
  proxy?: { url: string; authorization: string | undefined } | undefined
  /** Do not check the server's certificate. */
  insecure?: boolean | undefined
  /** For a process that ends after one request: does `work`, in which undici makes its parser, as `sparingly` of the context. */
  sparingly?: ((work: () => void) => void) | undefined
}

/** A connection's pool for one request, and the one way to end it. */
export interface Connection {
  dispatcher: Dispatcher
  /** Where the request line goes, and what goes with it: of a plain-http proxy, the proxy itself. */
  route(url: string): { origin: string; path: string; headers: Record<string, string> }
  /** Ends everything at once, half-open sockets too. */
  destroy(reason: Error): void
}

type Connector = ReturnType<typeof buildConnector>

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
    const connect = connector as (...all: unknown[]) => { destroy(): unknown }
    sockets.add(connect(options, callback))
  }
}

/** undici makes its parser while it is told of the first connection. */
function sparing(connector: Connector, sparingly: Way['sparingly']): Connector {
  if (!sparingly) return connector
  return (options, callback) => {
    connector(options, (...result: Parameters<typeof callback>) => {
      sparingly(() => {
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
 * Connects through a proxy's CONNECT. undici's own agent for proxies connects again and again where the proxy closes the connection without
 * an answer.
 */
function tunnelling(proxy: NonNullable<Way['proxy']>, toProxy: Connector, upgrade: Connector): Connector {
  return (options, callback) => {
    const port = options.port === '' ? '443' : options.port
    const name = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname
    const client = new Client(proxy.url, { ...limits, connect: toProxy })
    const headers = {
      host: `${name}:${port}`,
      ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
    }
    client
      .connect({ path: `${name}:${port}`, headers })
      .then(({ socket, statusCode }) => {
        if (statusCode !== 200) {
          socket.on('error', () => undefined).destroy()
          throw new ProxyError(statusCode)
        }
        // It is the socket itself, whatever the types call it.
        upgrade({ ...options, httpSocket: socket } as never, callback)
      })
      .catch((error: unknown) => {
        callback(tunnelError(error), null)
      })
  }
}

/** SOCKS takes user and password in its URL. */
function socksUrl({ url, authorization }: NonNullable<Way['proxy']>): string {
  if (authorization === undefined) return url
  const [user = '', ...password] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')
  const credentials = [user, password.join(':')].map(encodeURIComponent).join(':')
  return url.replace('://', `://${credentials}@`)
}

/**
 * A fresh connection for one request, or with `isKept` some for many, direct or through a proxy. Plain http goes through a proxy as curl sends it:
 * with the whole address as path.
 */
export function connect(way: Way, url: string, isKept = false): Connection {
  const sockets = new Set<{ destroy(): unknown }>()
  const ca = authorities(way)
  const tls = {
    timeout: 0,
    ...way.certificate,
    ...(ca && { ca }),
    ...(way.insecure && { rejectUnauthorized: false }),
  }
  const { proxy } = way
  const isTunnel = proxy !== undefined && (url.startsWith('https:') || proxy.url.startsWith('socks'))
  const toProxy = remembering(buildConnector({ timeout: 0, ...(ca && { ca }) }), sockets)
  const connector = remembering(buildConnector(tls), sockets)
  const connectTo = isTunnel ? tunnelling(proxy, toProxy, connector) : connector
  const pool = isKept ? keeping : { ...limits, connections: 1 }
  const dispatcher = proxy?.url.startsWith('socks')
    ? new ProxyAgent({ ...pool, uri: socksUrl(proxy), requestTls: tls })
    : new Agent({ ...pool, connect: sparing(connectTo, way.sparingly) })
  return {
    dispatcher,
    route(to) {
      if (proxy === undefined || isTunnel) return direct(to)
      const headers: Record<string, string> = { host: new URL(to).host }
      if (proxy.authorization !== undefined) headers['proxy-authorization'] = proxy.authorization
      return { origin: proxy.url, path: to, headers }
    },
    destroy(reason) {
      void dispatcher.destroy(reason).catch(() => undefined)
      for (const socket of sockets) socket.destroy()
    },
  }
}
