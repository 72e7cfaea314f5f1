import type { AddressInfo, Server } from 'node:net'
import type { Duplex } from 'node:stream'

/** A server of a test that listens. */
export interface Listening {
  port: number
  /** Ends its connections, and then itself. */
  close: () => Promise<void>
}

/** Lets a server listen on a free port of 127.0.0.1. `sockets` are what is open because of it. */
export async function listen(server: Server, sockets: ReadonlySet<Duplex>): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => {
          resolve()
        })
      }),
  }
}
