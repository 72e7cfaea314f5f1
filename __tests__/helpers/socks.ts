import { connect, createServer, type Socket } from 'node:net'
import { listen } from './listen.ts'

/** A SOCKS5 proxy that notes what it was asked for. */
export interface TestSocks {
  /** `127.0.0.1:PORT`. */
  host: string
  /** As `name localhost:443`, `ipv4 127.0.0.1:443`. */
  requests: string[]
  /** User and password of each, as `me:secret`. */
  users: string[]
  close(): Promise<void>
}

/** How a proxy differs from one that lets all clients through. */
export interface SocksOptions {
  /** The user and password that it wants. */
  wants?: string
  /** What it answers to a request to connect, in place of connecting. */
  reply?: number
  /** What it says instead of anything of SOCKS; undefined: nothing at all. */
  says?: (socket: Socket) => void
  /** It answers a request with an address of this kind (RFC 1928 section 6). */
  kind?: 1 | 3 | 4
}

/** Reads from a socket piece by piece. */
function reader(socket: Socket): (size: number) => Promise<Buffer> {
  let held = Buffer.alloc(0)
  let wake: () => void = () => undefined
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    wake()
  })
  return async (size) => {
    while (held.length < size) await new Promise<void>((resolve) => (wake = resolve))
    const piece = held.subarray(0, size)
    held = held.subarray(size)
    return piece
  }
}

const bound = { 1: [1, 127, 0, 0, 1], 3: [3, 1, 120], 4: [4, ...Array<number>(16).fill(0)] } as const

/** Starts a SOCKS5 proxy on a free loopback port. */
export async function startSocks({ wants, reply, says, kind = 1 }: SocksOptions = {}): Promise<TestSocks> {
  const sockets = new Set<Socket>()
  const requests: string[] = []
  const users: string[] = []
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => undefined)
  }
  const serve = async (socket: Socket): Promise<void> => {
    const take = reader(socket)
    const counted = async (): Promise<string> => (await take((await take(1))[0] ?? 0)).toString()
    const [, methods = 0] = await take(2)
    const offered = [...(await take(methods))]
    const method = wants === undefined ? 0 : offered.includes(2) ? 2 : 0xff
    // In two pieces: nothing says that an answer comes whole.
    socket.write(Buffer.from([5]))
    await new Promise((resolve) => setImmediate(resolve))
    socket.write(Buffer.from([method]))
    if (method === 2) {
      await take(1)
      const user = await counted()
      users.push(`${user}:${await counted()}`)
      const isIn = users.at(-1) === wants
      socket.write(Buffer.from([1, isIn ? 0 : 1]))
      if (!isIn) return void socket.end()
    }
    const [, , , type] = await take(4)
    const ipv6 = async (): Promise<string> =>
      `[${(await take(16)).toString('hex').replace(/....(?=.)/g, '$&:')}]`
    const host = type === 1 ? [...(await take(4))].join('.') : type === 3 ? await counted() : await ipv6()
    const port = (await take(2)).readUInt16BE()
    requests.push(`${type === 1 ? 'ipv4' : type === 3 ? 'name' : 'ipv6'} ${host}:${port}`)
    if (reply !== undefined) return void socket.end(Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))
    const onward = keep(connect(port, type === 4 ? '::1' : host))
    onward.once('connect', () => {
      socket.removeAllListeners('data')
      socket.write(Buffer.from([5, 0, 0, ...bound[kind], 1, 2]))
      socket.pipe(onward).pipe(socket)
    })
  }
  const server = createServer((socket) => {
    keep(socket)
    if (says) says(socket)
    else void serve(socket)
  })
  const { port, close } = await listen(server, sockets)
  return {
    host: `127.0.0.1:${port}`,
    requests,
    users,
    close,
  }
}
