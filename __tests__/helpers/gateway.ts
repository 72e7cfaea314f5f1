import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from './listen.ts'

/**
 * What becomes of one request: it may be carried out or not, and its answer may come, be replaced, be cut or
 * never come. One callback runs just before it is carried out, `afterwards` when that is done and the answer,
 * if one comes, is sent.
 */
export interface Fate {
  /** Whether GitLab gets the request. */
  does: boolean
  shows: 'answer' | 'reset' | 'cut' | 'nothing' | { status: number; type: string; body: string }
  meanwhile?: () => unknown
  afterwards?: () => unknown
}

/** A gateway before a sandbox, on which each request meets its fate. */
export interface Gateway {
  url: string
  /** The requests that came; `stalled` ones are not going to be answered. */
  requests: { method: string; path: string; outcome: 'answered' | 'stalled' }[]
  close(): Promise<void>
}

interface Whole {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: Buffer
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function forward(
  target: string,
  { method, path, headers, body }: Whole,
): Promise<Whole & { status: number }> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(target)
    const options = { method, headers: { ...headers, host }, agent: false }
    const onward = request(new URL(path, target), options, (answer) => {
      bodyOf(answer).then((bytes) => {
        resolve({ method, path, headers: answer.headers, body: bytes, status: answer.statusCode ?? 0 })
      }, reject)
    })
    onward.on('error', reject)
    onward.end(body)
  })
}

/** Puts a gateway before a sandbox; `fateOf` says what becomes of each request, by default it passes. */
export async function startGateway(
  target: string,
  fateOf: (request: { method: string; path: string }) => Fate | undefined,
): Promise<Gateway> {
  const requests: Gateway['requests'] = []
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = message
    const body = await bodyOf(message)
    const { does, shows, meanwhile, afterwards } = fateOf({ method, path }) ?? { does: true, shows: 'answer' }
    await meanwhile?.()
    const real = does ? await forward(target, { method, path, headers, body }) : undefined
    requests.push({ method, path, outcome: shows === 'nothing' ? 'stalled' : 'answered' })
    if (shows !== 'answer') await afterwards?.()
    if (shows === 'nothing') return
    if (typeof shows === 'object') {
      response.writeHead(shows.status, { 'content-type': shows.type }).end(shows.body)
      return
    }
    if (shows === 'reset' || !real) {
      message.socket.resetAndDestroy()
      return
    }
    const kept = Object.entries(real.headers).filter(
      ([name]) => name !== 'transfer-encoding' && name !== 'connection',
    )
    response.writeHead(real.status, { ...Object.fromEntries(kept), 'content-length': real.body.length })
    if (shows === 'answer') {
      response.end(real.body, () => afterwards?.())
      return
    }
    response.write(real.body.subarray(0, real.body.length / 2), () => message.socket.destroy())
  }
  const server = createServer((message, response) => {
    handle(message, response).catch(() => message.socket.destroy())
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const { port, close } = await listen(server, sockets)
  return { url: `http://127.0.0.1:${port}`, requests, close }
}
