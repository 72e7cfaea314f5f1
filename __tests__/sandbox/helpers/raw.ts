import { connect } from 'node:net'

/** An answer as it came over the wire. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** A request, byte for byte: the head is text, one line each, and the body is bytes. */
export interface Wire {
  head: string[]
  body: Buffer
}

function parse(bytes: Buffer): Reply {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(first.split(' ')[1])
  if (status === 100) return parse(bytes.subarray(end + 4))
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { status, headers: Object.fromEntries(headers), body: bytes.subarray(end + 4) }
}

/** Every byte that comes back on a fresh connection until it closes; an error of the connection ends it too. */
export function converse(url: string, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      resolve(Buffer.concat(chunks))
    })
  })
}

/** Sends one request and reads its answer. */
export async function exchange(url: string, { head, body }: Wire): Promise<Reply> {
  const text = [...head, 'Host: localhost', 'Connection: close', '', ''].join('\r\n')
  return parse(await converse(url, Buffer.concat([Buffer.from(text), body])))
}

/** Reads a path with headers. */
export function get(url: string, path: string, headers: string[] = []): Promise<Reply> {
  const prefix = new URL(url).pathname.replace(/\/$/, '')
  return exchange(url, { head: [`GET ${prefix}${path} HTTP/1.1`, ...headers], body: Buffer.alloc(0) })
}
