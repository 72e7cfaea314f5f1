import type { Socket } from 'node:net'
import { Client, type buildConnector } from 'undici'
import { limitOverhead, type Overhead } from '../overhead.ts'
import { ProxyError, tunnelError } from './proxy-error.ts'
import { addressFor, openSocks } from './socks.ts'

/** Connects a socket, as undici wants it. */
export type Connector = ReturnType<typeof buildConnector>

/** A proxy's address, without user and password, and its Proxy-Authorization. */
export interface ProxyWay {
  url: string
  authorization: string | undefined
}

type Goal = Parameters<Connector>[0]

/** A socket that leads through the proxy to the goal. Rejects with why not; then nothing has reached the server. */
type MakeTunnel = (goal: Goal & { port: string }) => Promise<Socket>

/** As they go through any proxy: TLS to the server is made inside of the tunnel. */
function inside(makeTunnel: MakeTunnel, upgrade: Connector): Connector {
  return (goal, callback) => {
    const isHttps = goal.protocol === 'https:'
    const port = goal.port === '' ? (isHttps ? '443' : '80') : goal.port
    makeTunnel({ ...goal, port })
      .then((socket) => {
        if (isHttps) upgrade({ ...goal, httpSocket: socket }, callback)
        else callback(null, socket)
      })
      .catch((error: unknown) => {
        callback(tunnelError(error), null)
      })
  }
}

/** By CONNECT. undici's own agent for proxies connects again and again where the proxy closes the connection without an answer. */
function byConnect({ url, authorization }: ProxyWay, toProxy: Connector): MakeTunnel {
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
    // It is the socket itself, whatever the types call it.
    return socket as never
  }
}

/** By SOCKS5. undici's own agent for it warns on stderr that it is an experiment, and gives up by clocks of its own. */
function bySocks({ url, authorization = '' }: ProxyWay, toProxy: Connector): MakeTunnel {
  const { protocol, hostname: host, port: proxyPort } = new URL(url)
  const pair = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()
  const [user = '', ...password] = pair.split(':')
  const proxy = { hostname: host.replace(/^\[|\]$/g, ''), host, protocol: 'http:', port: proxyPort || '1080' }
  return async ({ hostname, port }) => {
    // As curl has it: with socks5 the name is looked up here, with socks5h by the proxy.
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

/** Connects through a proxy: `toProxy` connects to it, `upgrade` makes TLS to the server inside of the tunnel. */
export function throughTunnel(proxy: ProxyWay, toProxy: Connector, upgrade: Connector): Connector {
  const make = proxy.url.startsWith('socks') ? bySocks : byConnect
  return inside(make(proxy, toProxy), upgrade)
}
