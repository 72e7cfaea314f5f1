import { connect, createServer, type Socket } from 'node:net'
import { listen } from './listen.ts'

/** A gate before a server: the first connections are treated as told, the later ones are let through. */
export interface GatedServer {
  url: string
  /** How many connections came. */
  count: () => number
  close(): Promise<void>
}

/** Puts a gate before `target`, a URL of this machine; `acts` says what is done with the first connections, in order. */
export async function startGatedServer(
  target: string,
  acts: readonly ((socket: Socket) => void)[],
): Promise<GatedServer> {
  const sockets = new Set<Socket>()
  let count = 0
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => undefined)
  }
  const server = createServer((socket) => {
    keep(socket)
    const act = acts[count]
    count += 1
    if (act) {
      act(socket)
      return
    }
    const onward = keep(connect(Number(new URL(target).port), '127.0.0.1'))
    socket.pipe(onward).pipe(socket)
  })
  const { port, close } = await listen(server, sockets)
  const { protocol } = new URL(target)
  return {
    url: `${protocol}//127.0.0.1:${port}`,
    count: () => count,
    close,
  }
}
