import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { isIPv6 } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { SandboxOptions } from '../sandbox.ts'

/** A server that listens. */
export interface Listening {
  /** Its URL, without a slash at the end. */
  base: string
  /** How many connections are open. */
  connections: () => number
  /** Closes the server and every connection. */
  close: () => Promise<void>
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The name in its address: the first that it is called by, else the address that it listens on, else the loopback interface's. */
function nameFor(listen: string, hosts: readonly string[]): string {
  const isAny = listen === '0.0.0.0' || listen === '::'
  const name = hosts[0] ?? (isAny ? '127.0.0.1' : listen)
  return isIPv6(name) ? `[${name}]` : name
}

/** Starts a server; resolves when it listens, rejects when the port is taken. `serve` is called for each request. */
export async function listenAt(
  {
    port = 0,
    listen,
    hosts,
    tls,
  }: Pick<SandboxOptions, 'port' | 'tls'> & { listen: string; hosts: readonly string[] },
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listening> {
  const server = tls === undefined ? createServer() : createTlsServer({ key: tls.key, cert: tls.cert })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('request', serve)
  server.on('clientError', (_, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, listen, resolve)
  })
  const scheme = tls === undefined ? 'http' : 'https'
  return {
    base: `${scheme}://${nameFor(listen, hosts)}:${portOf(server.address())}`,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      }),
  }
}
