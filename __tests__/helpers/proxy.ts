import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { listen } from './listen.ts'

/** A forward proxy that notes what it was asked for. */
export interface TestProxy {
  /** `http://127.0.0.1:PORT`, or https. */
  url: string
  /** As `CONNECT 127.0.0.1:443`, `POST http://...`. */
  requests: string[]
  /** The Proxy-Authorization of each. */
  credentials: (string | undefined)[]
  close(): Promise<void>
}

/** How a proxy differs from one that lets all clients through. */
export interface ProxyOptions {
  /** What it wants as Proxy-Authorization. */
  wants?: string
  /** What is done with a connection that asks for a tunnel, in place of making one. */
  act?: (socket: Duplex) => void
  tls?: { key: string; cert: string }
}

/** Starts a proxy on a free loopback port: tunnels for CONNECT, forwarding of whole addresses for the rest. */
export async function startProxy({ wants, act, tls }: ProxyOptions = {}): Promise<TestProxy> {
  const requests: string[] = []
  const credentials: (string | undefined)[] = []
  const sockets = new Set<Duplex>()
  const isIn = (request: IncomingMessage): boolean => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`)
    credentials.push(request.headers['proxy-authorization'])
    return wants === undefined || request.headers['proxy-authorization'] === wants
  }
  const server = tls ? createTlsServer(tls) : createServer()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined))
  })
  server.on('request', (request: IncomingMessage, response) => {
    if (!isIn(request)) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="x"' }).end()
      return
    }
    const headers = { ...request.headers }
    delete headers['proxy-authorization']
    const onward = httpRequest(request.url ?? '', { method: request.method, headers, agent: false })
    onward.on('error', () => response.writeHead(502).end())
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket.on('error', () => undefined))
    if (!isIn(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n')
    } else if (act) {
      act(socket)
    } else {
      const { hostname, port } = new URL(`http://${request.url ?? ''}`)
      const onward = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      sockets.add(onward.on('error', () => socket.destroy()))
    }
  })
  const { port, close } = await listen(server, sockets)
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    credentials,
    close,
  }
}
