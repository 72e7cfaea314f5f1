import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import { ProxyError } from './proxy-error.ts'

/** The target of a SOCKS5 tunnel, and the credentials for the proxy. */
export interface SocksTarget {
  host: string
  port: number
  user: string
  password: string
}

/** SOCKS errors (RFC 1928 section 6) with the nearest HTTP status. Those below 500 are permanent. */
const refusals: Readonly<Record<number, readonly [status: number, why: string]>> = {
  2: [403, 'its rules do not allow that'],
  3: [502, 'the network cannot be reached'],
  4: [502, 'the host cannot be reached'],
  5: [502, 'the connection was refused'],
  6: [504, 'it took too long'],
}

/** Resolves when more can be read or the stream has ended. */
function readableOrEnded(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'close', 'error'] as const
    const done = (): void => {
      for (const event of events) socket.off(event, done)
      resolve()
    }
    for (const event of events) socket.on(event, done)
  })
}

/** Reads the next bytes from the proxy. Rejects if the stream has ended. */
type ReadBytes = (size: number) => Promise<Buffer>

function bytesReader(socket: Socket): ReadBytes {
  let buffered = Buffer.alloc(0)
  return async (size) => {
    while (buffered.length < size) {
      const more = socket.read() as Buffer | null
      if (more) buffered = Buffer.concat([buffered, more])
      else if (socket.readableEnded || socket.destroyed) throw new ProxyError(null)
      else await readableOrEnded(socket)
    }
    const bytes = buffered.subarray(0, size)
    buffered = buffered.subarray(size)
    return bytes
  }
}

/** A text preceded by its length in one byte. */
function lengthPrefixed(text: string): number[] {
  const bytes = [...Buffer.from(text)]
  if (bytes.length > 255) throw new ProxyError(400, 'a name, a user or a password has more than 255 bytes')
  return [bytes.length, ...bytes]
}

function bytesOfIpv6(host: string): number[] {
  // The URL parser normalises it to groups of hex digits.
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
  return family === 6 ? [4, ...bytesOfIpv6(host)] : [3, ...lengthPrefixed(host)]
}

async function signIn(socket: Socket, read: ReadBytes, { user, password }: SocksTarget): Promise<void> {
  const methods = user === '' && password === '' ? [0] : [0, 2]
  socket.write(Buffer.from([5, methods.length, ...methods]))
  const [version, method] = await read(2)
  if (version !== 5) throw new ProxyError(null)
  if (method === 0) return
  if (method !== 2 || !methods.includes(2)) throw new ProxyError(407)
  socket.write(Buffer.from([1, ...lengthPrefixed(user), ...lengthPrefixed(password)]))
  const [, status] = await read(2)
  if (status !== 0) throw new ProxyError(407)
}

/** Opens a SOCKS5 tunnel on a connection to the proxy (RFC 1928, RFC 1929). Rejects with a ProxyError. */
export async function openSocks(socket: Socket, target: SocksTarget): Promise<void> {
  const read = bytesReader(socket)
  await signIn(socket, read, target)
  socket.write(Buffer.from([5, 1, 0, ...addressOf(target.host), target.port >> 8, target.port & 0xff]))
  const [version, reply = 1, , kind] = await read(4)
  if (version !== 5) throw new ProxyError(null)
  if (reply !== 0) {
    const [status, why] = refusals[reply] ?? [502, `it failed (${reply})`]
    throw new ProxyError(status, `the proxy could not connect: ${why}`)
  }
  // The bound address is not used, but it must be read.
  const size = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0)
  await read(size + 2)
}

/** Resolves a host name locally. Rejects with Node's error for an unknown name. */
export async function addressFor(host: string): Promise<string> {
  return isIP(host) === 0 ? (await lookup(host)).address : host
}
