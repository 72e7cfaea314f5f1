import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { listen } from './listen.ts'

/** What a server between a client and the sandbox makes of an answer; undefined leaves it as it is. */
export type ChangeAnswer = (
  body: string,
  about: { method: string; path: string; status: number; type: string },
) => string | { status: number; body: string } | undefined

/** A server that passes requests on to a sandbox, and changes what comes back. */
export interface ChangingServer {
  url: string
  /** How answers are changed from now on. */
  change: ChangeAnswer
  close: () => Promise<void>
}

/** Starts one; `headersOf` changes the headers of requests. */
export async function changingServer(
  target: string,
  headersOf: (headers: IncomingHttpHeaders) => IncomingHttpHeaders = (headers) => headers,
): Promise<ChangingServer> {
  const sockets = new Set<Duplex>()
  const made = { change: (() => undefined) as ChangeAnswer }
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming
    const passed = request(new URL(path, target), { method, headers: headersOf(headers) }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const { statusCode: status = 200 } = answer
        const type = answer.headers['content-type'] ?? ''
        const body = Buffer.concat(chunks)
        // As text, an archive would become another one.
        const isText = !/octet-stream|zip/.test(type)
        const changed = isText ? made.change(body.toString(), { method, path, status, type }) : undefined
        const now = typeof changed === 'object' ? changed : { status, body: changed ?? body }
        const bytes = Buffer.from(now.body)
        const kept = Object.entries(answer.headers).filter(([name]) => name !== 'transfer-encoding')
        outgoing.writeHead(now.status, { ...Object.fromEntries(kept), 'content-length': bytes.length })
        outgoing.end(bytes)
      })
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  server.on('connection', (socket) => sockets.add(socket))
  const { port, close } = await listen(server, sockets)
  return Object.assign(made, { url: `http://127.0.0.1:${port}`, close })
}

/** A JSON text in which `change` has replaced the texts; what is no JSON stays. `names` are those of the members around it. */
export function changeTexts(
  body: string,
  change: (text: string, names: readonly string[]) => string,
): string {
  const walk = (value: unknown, names: readonly string[]): unknown => {
    if (typeof value === 'string') return change(value, names)
    if (Array.isArray(value)) return value.map((each) => walk(each, names))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, walk(each, [...names, name])]),
    )
  }
  try {
    return JSON.stringify(walk(JSON.parse(body), []))
  } catch {
    return body
  }
}
