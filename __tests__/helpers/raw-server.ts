import { createServer, type Socket } from 'node:net'
import { listen } from './listen.ts'

/** A server that does exactly what a test says, and keeps what it received. */
export interface RawServer {
  url: string
  /** Everything received, per connection. */
  received: Buffer[]
  close(): Promise<void>
}

/** What to do with a connection: called once when it opens (`request` is empty) and each time more has come. */
export type Script = (socket: Socket, request: Buffer, isWhole: boolean) => void

/** Whether all of an HTTP request with a Content-Length has come. */
function isWhole(request: Buffer): boolean {
  const end = request.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(request.toString('latin1', 0, end))
  return request.length >= end + 4 + Number(length?.[1] ?? 0)
}

/** Starts a raw TCP server on a free loopback port. */
export async function rawServer(script: Script): Promise<RawServer> {
  const received: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const at = received.push(Buffer.alloc(0)) - 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      received[at] = Buffer.concat([received[at] ?? Buffer.alloc(0), chunk])
      script(socket, received[at], isWhole(received[at]))
    })
    script(socket, Buffer.alloc(0), false)
  })
  const { port, close } = await listen(server, sockets)
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close,
  }
}
