import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Answer } from './answer.ts'
import { answer, page } from './answer.ts'
import { answerControl, isControl } from '../control/control.ts'
import type { Fault } from './faults.ts'
import { doesWork, takeFault } from './faults.ts'
import { settle } from '../act/settle.ts'
import type { RateCount, RateLimit } from './rate.ts'
import { countRequest } from './rate.ts'
import { answerApi } from './router.ts'
import { countPolls } from '../script/polls.ts'
import type { SeenRequest } from './seen.ts'
import { fieldsOf, sighting } from './seen.ts'
import { dressed, send } from './send.ts'
import type { World } from '../world/model.ts'

/** The state that the requests to a running sandbox share. */
export interface Running {
  world: World
  /** With the prefix; known once the port is. */
  url: string
  prefix: string
  requests: SeenRequest[]
  faults: Fault[]
  now: () => number
  paceMs: number
  jobsAfterPolls: number
  rateLimit: RateLimit | undefined
  rateCount: RateCount
}

interface Target {
  /** Without the prefix; undefined outside of it. */
  path: string | undefined
  query: string
}

function targetOf(url: string, prefix: string): Target {
  const [whole = '', ...query] = url.split('?')
  const inside = whole === prefix || whole.startsWith(`${prefix}/`)
  return { path: inside ? whole.slice(prefix.length) : undefined, query: query.join('?') }
}

function answerWithin(running: Running, request: IncomingMessage, target: Target, body: Buffer): Answer {
  if (running.rateLimit === undefined) return gitlabAnswer(running, request, target, body)
  const { headers, refusal } = countRequest(running.rateCount, running.rateLimit, running.now())
  const answered = refusal ?? gitlabAnswer(running, request, target, body)
  return { ...answered, headers: { ...answered.headers, ...headers } }
}

function gitlabAnswer(running: Running, request: IncomingMessage, target: Target, body: Buffer): Answer {
  if (target.path === undefined) return page(404, 'The page you were looking for could not be found')
  const now = running.now()
  settle(running.world, { now, paceMs: running.paceMs })
  return answerApi({
    world: running.world,
    url: running.url,
    method: request.method ?? '',
    path: target.path,
    prefix: running.prefix,
    query: target.query,
    headers: request.headers,
    body,
    now,
    paceMs: running.paceMs,
    jobsAfterPolls: running.jobsAfterPolls,
  })
}

/** Resets a connection; a TLS connection is only closed. */
function breakOff(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

function faultAnswer(fault: Fault & { kind: 'answer' }): Answer {
  const made = answer(fault.status, fault.contentType ?? 'text/plain', fault.body ?? '')
  const headers = Object.entries(fault.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
  return { ...made, headers: { ...made.headers, ...(Object.fromEntries(headers) as Record<string, string>) } }
}

function finish(
  request: IncomingMessage,
  response: ServerResponse,
  seen: SeenRequest,
  fault: Fault | undefined,
  real: Answer | undefined,
): void {
  if (fault?.kind === 'stall') {
    seen.outcome = 'stalled'
    return
  }
  if (fault?.kind === 'reset after' || fault?.kind === 'reset') {
    seen.outcome = 'reset'
    breakOff(request.socket)
    return
  }
  const sent = fault?.kind === 'answer' ? faultAnswer(fault) : real && dressed(request, real)
  if (sent === undefined) return
  seen.status = sent.status
  seen.outcome = fault?.kind === 'cut' ? 'cut' : 'answered'
  send(request, response, sent, fault?.kind === 'cut')
}

function collect(
  request: IncomingMessage,
  seen: SeenRequest | undefined,
  whenWhole: (body: Buffer) => void,
): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    whenWhole(Buffer.concat(chunks))
  })
  request.on('error', () => undefined)
  request.on('close', () => {
    if (request.complete || seen?.outcome !== 'open') return
    seen.body = Buffer.concat(chunks)
    seen.outcome = 'broken off'
  })
}

function serveControl(
  running: Running,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  collect(request, undefined, (body) => {
    const { world, url, requests, faults } = running
    const method = request.method ?? ''
    send(request, response, answerControl({ world, url, method, path, body, requests, faults }))
  })
}

/** Serves one request: records it, applies the fault that is queued for it, or answers as GitLab. */
export function serve(running: Running, request: IncomingMessage, response: ServerResponse): void {
  const target = targetOf(request.url ?? '', running.prefix)
  response.on('error', () => undefined)
  if (target.path !== undefined && isControl(target.path)) {
    serveControl(running, request, response, target.path)
    return
  }
  const seen = sighting(request)
  running.requests.push(seen)
  const read = { method: seen.method, path: target.path ?? '', query: target.query }
  const scripted = countPolls(running.world, read, running.now)
  const fault = takeFault(running.faults, seen.method, seen.path) ?? scripted
  if (fault?.kind === 'reset') {
    finish(request, response, seen, fault, undefined)
    return
  }
  collect(request, seen, (body) => {
    seen.body = body
    seen.fields = fieldsOf(body, request.headers['content-type'] ?? '', running.world.gitlab)
    const real = doesWork(fault) ? answerWithin(running, request, target, body) : undefined
    finish(request, response, seen, fault, real)
  })
}
