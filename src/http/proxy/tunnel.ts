import type { Socket } from 'node:net'
import { Client, type buildConnector } from 'undici'
import { limitOverhead, type Overhead } from '../overhead.ts'
import { ProxyError, tunnelError } from './proxy-error.ts'
import { addressFor, openSocks } from './socks.ts'

/** The type of undici's connect functions. */
export type Connector = ReturnType<typeof buildConnector>

/** A proxy's address, without user and password, and the value of Proxy-Authorization. */
export interface ProxyOptions {
  url: string
  authorization: string | undefined
}

type ConnectTarget = Parameters<Connector>[0]

/** Opens a tunnel through a proxy. Rejects if that fails; then nothing has reached the server. */
type OpenTunnel = (target: ConnectTarget & { port: string }) => Promise<Socket>

/** Connects through a tunnel, and makes the TLS connection to the server inside it. */
function throughOpenTunnel(openTunnel: OpenTunnel, upgrade: Connector): Connector {
  return (target, callback) => {
    const isHttps = target.protocol === 'https:'
    const port = target.port === '' ? (isHttps ? '443' : '80') : target.port
    openTunnel({ ...target, port })
      .then((socket) => {
        if (isHttps) upgrade({ ...target, httpSocket: socket }, callback)
        else callback(null, socket)
      })
      .catch((error: unknown) => {
        callback(tunnelError(error), null)
      })
  }
}

/**
 * Opens tunnels by CONNECT. undici's proxy agent is not used because it reconnects endlessly if the proxy
 * closes the connection without an answer.
 */
function byConnect({ url, authorization }: ProxyOptions, toProxy: Connector): OpenTunnel {
  return async ({ hostname, port }) => {
    const path = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
    let overhead: Overhead | undefined
    const connect: Connector = (to, callback) => {
      toProxy(to, (...result) => {
        callback(...result)
        if (result[1]) overhead = limitOverhead(result[1])
      })
    }
    const client = new Client(url, { headersTimeout: 0, bodyTimeout: 0, pipelining: 0, connect })
    const headers = {
      host: path,
      ...(authorization !== undefined && { 'proxy-authorization': authorization }),
    }
    const { socket, statusCode } = await client.connect({ path, headers }).finally(() => overhead?.end())
    if (statusCode < 200 || statusCode > 299) {
      socket.on('error', () => undefined).destroy()
      throw new ProxyError(statusCode)
    }
    // The declared type is too general; it is the socket.
    return socket as never
  }
}

/** Opens tunnels by SOCKS5. undici's SOCKS agent prints a warning on stderr and has its own time limits. */
function bySocks({ url, authorization = '' }: ProxyOptions, toProxy: Connector): OpenTunnel {
  const { protocol, hostname: host, port: proxyPort } = new URL(url)
  const pair = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()
  const [user = '', ...password] = pair.split(':')
  const proxy = { hostname: host.replace(/^\[|\]$/g, ''), host, protocol: 'http:', port: proxyPort || '1080' }
  return async ({ hostname, port }) => {
    // As in curl, with socks5 the name is resolved here, with socks5h by the proxy.
    const address = protocol === 'socks5:' ? await addressFor(hostname) : hostname
    const socket = await new Promise<Socket>((resolve, reject) => {
      toProxy(proxy, (error, made) => {
        if (error) reject(error)
        else resolve(made)
      })
    })
    await openSocks(socket, { host: address, port: Number(port), user, password: password.join(':') })
    return socket
  }
}

/** Connects through a proxy: `toProxy` connects to it, `upgrade` starts TLS to the server in the tunnel. */
export function throughTunnel(proxy: ProxyOptions, toProxy: Connector, upgrade: Connector): Connector {
  const tunnelOpener = proxy.url.startsWith('socks') ? bySocks : byConnect
  return throughOpenTunnel(tunnelOpener(proxy, toProxy), upgrade)
}
