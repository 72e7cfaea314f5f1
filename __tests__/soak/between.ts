import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from '../helpers/listen.ts'
import type { PlannedFault } from './faults.ts'

/** A request as it came, without its query. */
export interface Asked {
  method: string
  path: string
  query: URLSearchParams
}

/** An answer that is on its way. */
export interface Given {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

/** Who decides what becomes of each request. */
export interface Rules {
  /** The time by the clock of the server, in ms. */
  now(): number
  /** Called when a request has come. */
  came(asked: Asked): PlannedFault | undefined
  /** Called with GitLab's answer before it goes on, and with what will go wrong with it; returns the one that goes on. */
  answered(asked: Asked, given: Given, fault: PlannedFault | undefined): Given
}

/** A gateway before a sandbox, under whose URL all of it is. */
export interface Between {
  url: string
  /** As the stepping clock wants them (helpers/clock.ts). */
  requests: { path: string; outcome: 'answered' | 'stalled' }[]
  close(): Promise<void>
}

const page = '<!DOCTYPE html><title>Just a moment...</title>'
const json = 'application/json'

/** What comes in place of an answer. */
const pages: Partial<Record<PlannedFault['kind'], [status: number, type: string, body: string]>> = {
  '502': [502, 'text/html', '<title>502 Bad Gateway</title>'],
  '429': [429, 'text/plain', 'Retry later\n'],
  firewall: [403, 'text/html', page],
  'own 403': [403, json, '{"message":"403 Forbidden"}'],
  'own 401': [401, json, '{"message":"401 Unauthorized"}'],
}

/** Whether GitLab gets a request: it does where only the answer is changed, and it may where none comes. What refuses a request has not carried it out. */
function isCarriedOut({ method }: Asked, fault: PlannedFault | undefined): boolean {
  if (!fault || ['cut', 'shorter', 'empty', 'whole'].includes(fault.kind)) return true
  return method !== 'GET' && fault.does && ['502', 'reset after', 'stall'].includes(fault.kind)
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Starts a gateway. */
export async function startBetween(inner: string, rules: Rules): Promise<Between> {
  const requests: Between['requests'] = []
  const agent = new Agent({ keepAlive: true })
  const { hostname, port: innerPort, host } = new URL(inner)
  let url = ''
  const forward = (message: IncomingMessage, body: Buffer): Promise<Given> =>
    new Promise((resolve, reject) => {
      const headers = { ...message.headers, host }
      const { method, url: path } = message
      const onward = request({ hostname, port: innerPort, method, path, headers, agent }, (answer) => {
        bodyOf(answer).then((bytes) => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes })
        }, reject)
      })
      onward.on('error', reject)
      onward.end(body)
    })
  const send = (response: ServerResponse, given: Given, half: boolean): void => {
    const isJson = given.headers['content-type']?.includes('json') ?? false
    const body = isJson ? Buffer.from(given.body.toString().replaceAll(inner, url)) : given.body
    const kept = Object.entries(given.headers).filter(
      ([name]) => !['transfer-encoding', 'connection', 'content-length', 'keep-alive'].includes(name),
    )
    const length = given.status === 304 ? {} : { 'content-length': body.length }
    response.writeHead(given.status, { ...Object.fromEntries(kept), ...length })
    if (!half) response.end(body)
    else if (body.length < 2) response.socket?.destroy()
    else response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy())
  }
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const whole = message.url ?? ''
    const [path = '', query = ''] = whole.split('?')
    const asked: Asked = { method: message.method ?? '', path, query: new URLSearchParams(query) }
    const body = await bodyOf(message)
    const fault = rules.came(asked)
    const given = isCarriedOut(asked, fault)
      ? rules.answered(asked, await forward(message, body), fault)
      : undefined
    requests.push({ path: whole, outcome: fault?.kind === 'stall' ? 'stalled' : 'answered' })
    if (fault?.kind === 'stall') return
    const shown = fault && pages[fault.kind]
    if (shown) {
      const [status, type, text] = shown
      const later = status === 429 ? { 'retry-after': '3' } : {}
      const headers = { 'content-type': type, date: new Date(rules.now()).toUTCString(), ...later }
      send(response, { status, headers, body: Buffer.from(text) }, false)
    } else if (!given || fault?.kind === 'reset' || fault?.kind === 'reset after') {
      message.socket.resetAndDestroy()
    } else send(response, given, fault?.kind === 'cut')
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
  return {
    url,
    requests,
    close: async () => {
      agent.destroy()
      await close()
    },
  }
}
