import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import { ProxyError } from './proxy-error.ts'

/** Where a tunnel through a SOCKS5 proxy is to lead. */
export interface SocksOrder {
  host: string
  port: number
  user: string
  password: string
}

/** Why a proxy cannot connect (RFC 1928 section 6), and the HTTP status that comes nearest: one below 500 is there to stay. */
const refusals: Readonly<Record<number, readonly [status: number, why: string]>> = {
  2: [403, 'its rules do not allow that'],
  3: [502, 'the network cannot be reached'],
  4: [502, 'the host cannot be reached'],
  5: [502, 'the connection was refused'],
  6: [504, 'it took too long'],
}

/** Resolves when there may be more to read, or nothing will come any more. */
function moved(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'close', 'error'] as const
    const done = (): void => {
      for (const event of events) socket.off(event, done)
      resolve()
    }
    for (const event of events) socket.on(event, done)
  })
}

/** Takes the next bytes that the proxy says; rejects where it says no more. */
type Take = (size: number) => Promise<Buffer>

function takeFrom(socket: Socket): Take {
  let held = Buffer.alloc(0)
  return async (size) => {
    while (held.length < size) {
      const more = socket.read() as Buffer | null
      if (more) held = Buffer.concat([held, more])
      else if (socket.readableEnded || socket.destroyed) throw new ProxyError(null)
      else await moved(socket)
    }
    const bytes = held.subarray(0, size)
    held = held.subarray(size)
    return bytes
  }
}

/** A text with its length before it; one byte holds that. */
function counted(text: string): number[] {
  const bytes = [...Buffer.from(text)]
  if (bytes.length > 255) throw new ProxyError(400, 'a name, a user or a password has more than 255 bytes')
  return [bytes.length, ...bytes]
}

function bytesOfIpv6(host: string): number[] {
  // As the URL standard writes it there are only groups of hex digits.
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] =>
    text
      .split(':')
      .filter(Boolean)
      .map((hex) => parseInt(hex, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
  return all.flatMap((group) => [group >> 8, group & 0xff])
}

function addressOf(host: string): number[] {
  const family = isIP(host)
  if (family === 4) return [1, ...host.split('.').map(Number)]
  return family === 6 ? [4, ...bytesOfIpv6(host)] : [3, ...counted(host)]
}

async function signIn(socket: Socket, take: Take, { user, password }: SocksOrder): Promise<void> {
  const wants = user === '' && password === '' ? [0] : [0, 2]
  socket.write(Buffer.from([5, wants.length, ...wants]))
  const [version, method] = await take(2)
  if (version !== 5) throw new ProxyError(null)
  if (method === 0) return
  if (method !== 2 || !wants.includes(2)) throw new ProxyError(407)
  socket.write(Buffer.from([1, ...counted(user), ...counted(password)]))
  const [, status] = await take(2)
  if (status !== 0) throw new ProxyError(407)
}

/**
 * Lets a SOCKS5 proxy, to which the socket is connected, connect on to a host (RFC 1928, RFC 1929). What is written afterwards goes there. Rejects
 * with a ProxyError.
 */
export async function openSocks(socket: Socket, order: SocksOrder): Promise<void> {
  const take = takeFrom(socket)
  await signIn(socket, take, order)
  socket.write(Buffer.from([5, 1, 0, ...addressOf(order.host), order.port >> 8, order.port & 0xff]))
  const [version, reply = 1, , kind] = await take(4)
  if (version !== 5) throw new ProxyError(null)
  if (reply !== 0) {
    const [status, why] = refusals[reply] ?? [502, `it failed (${reply})`]
    throw new ProxyError(status, `the proxy could not connect: ${why}`)
  }
  // The address that it connects from is of no use to us, but it must be read.
  const size = kind === 1 ? 4 : kind === 4 ? 16 : ((await take(1))[0] ?? 0)
  await take(size + 2)
}

/** The address of a host, for a proxy that is not to look it up. Rejects with Node's error for a name that is not known. */
export async function addressFor(host: string): Promise<string> {
  return isIP(host) === 0 ? (await lookup(host)).address : host
}
