import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { listen } from './listen.ts'
import type { World } from './world.ts'

/** How a server leaves its client waiting: no answer at all, or one that comes in pieces and never ends. */
export type Stall = 'silence' | 'trickle'

/** A server before a sandbox, which leaves some requests without an end. */
export interface StallingServer {
  url: string
  /** The requests that were left so, as `passTime` wants them. */
  requests: { method: string; path: string; outcome: 'stalled' }[]
  /** Leaves all requests like this; `method path` is what is matched. */
  stall(requests: RegExp, how: Stall): void
  /** By whose clock trickling answers come. */
  use(world: World): void
  close(): Promise<void>
}

const pieceMs = 10_000

/** Puts a server before `target`, a URL of this machine. */
export async function startStallingServer(target: string): Promise<StallingServer> {
  const sockets = new Set<Duplex>()
  const rules: { requests: RegExp; how: Stall }[] = []
  const requests: StallingServer['requests'] = []
  let world: World | undefined
  const trickle = (response: ServerResponse): void => {
    if (response.destroyed) return
    response.write('a piece\n')
    world?.context.alarm(pieceMs, () => {
      trickle(response)
    })
  }
  const pass = (from: IncomingMessage, to: ServerResponse): void => {
    const { method, headers, url = '' } = from
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    onward.on('error', () => to.destroy())
    from.pipe(onward)
  }
  const server = createServer((from, to) => {
    const { method = '', url = '' } = from
    const rule = rules.find((each) => each.requests.test(`${method} ${url}`))
    if (!rule) {
      pass(from, to)
      return
    }
    from.resume()
    requests.push({ method, path: url, outcome: 'stalled' })
    if (rule.how === 'trickle') {
      to.writeHead(200, { 'content-type': 'application/octet-stream' })
      trickle(to)
    }
  })
  server.on('connection', (socket) => sockets.add(socket))
  const { port, close } = await listen(server, sockets)
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stall: (matching, how) => void rules.push({ requests: matching, how }),
    use: (chosen) => {
      world = chosen
    },
    close,
  }
}
