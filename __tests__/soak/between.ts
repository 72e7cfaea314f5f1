import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from '../helpers/listen.ts'
import { isCarriedOut, pageOf, type PlannedFault } from './faults.ts'
import type { Given, PortlessSandbox } from './portless-sandbox.ts'

/** A request as it came, without its query. */
export interface Asked {
  method: string
  path: string
  query: URLSearchParams
}

/** Who decides what becomes of each request. */
export interface Rules {
  /** The time by the clock of the server, in ms. */
  now(): number
  /** Calls `ring` after a number of ms by the clock of the process. */
  after(ms: number, ring: () => void): void
  /** Called when a request has come. */
  came(asked: Asked): PlannedFault | undefined
  /** Called with GitLab's answer before it is passed on, and with what will go wrong with it; returns the one to pass on. */
  answered(asked: Asked, given: Given, fault: PlannedFault | undefined): Given
}

/** A sandbox behind a gateway that spoils some of its answers. */
export interface Between {
  url: string
  /** As the stepping clock wants them (helpers/clock.ts). */
  requests: { path: string; outcome: 'answered' | 'stalled' }[]
  close(): Promise<void>
}

/** The time of a slow answer, in ms: less than the limit of a request. */
export const slowMs = 20_000

function send(response: ServerResponse, { status, headers, body }: Given, isCut: boolean): void {
  const own = Object.entries(headers).filter(([name]) => name !== 'connection' && name !== 'content-length')
  const length = status === 304 ? {} : { 'content-length': body.length }
  response.writeHead(status, { ...Object.fromEntries(own), ...length })
  if (!isCut) response.end(body)
  else if (body.length < 2) response.socket?.destroy()
  else response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy())
}

/** Starts a gateway before a sandbox. */
export async function startBetween(sandbox: PortlessSandbox, rules: Rules): Promise<Between> {
  const requests: Between['requests'] = []
  let url = ''
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const whole = message.url ?? ''
    const [path = '', query = ''] = whole.split('?')
    const asked: Asked = { method: message.method ?? '', path, query: new URLSearchParams(query) }
    const fault = rules.came(asked)
    const kind = fault?.kind
    const isHeld = kind === 'stall' || kind === 'slow'
    let given: Given | undefined
    if (isCarriedOut(asked.method, fault)) given = rules.answered(asked, await sandbox.answer(message), fault)
    else message.resume()
    const seen: Between['requests'][number] = { path: whole, outcome: isHeld ? 'stalled' : 'answered' }
    requests.push(seen)
    if (kind === 'stall') return
    if (kind === 'slow')
      await new Promise<void>((resolve) => {
        rules.after(slowMs, resolve)
      })
    seen.outcome = 'answered'
    const page = fault && pageOf(fault.kind, url)
    if (page) {
      const date = new Date(rules.now()).toUTCString()
      send(response, { ...page, headers: { date, ...page.headers } }, false)
    } else if (given) send(response, given, kind === 'cut')
    else message.socket.resetAndDestroy()
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
  url = `http://127.0.0.1:${port}`
  sandbox.isAt(url)
  return { url, requests, close }
}
