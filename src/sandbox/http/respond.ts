import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Answer } from './answer.ts'
import { answer } from './answer.ts'
import type { Fault } from './faults.ts'
import type { SeenRequest } from './seen.ts'
import { send, withUsualHeaders } from './send.ts'

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

/**
 * Answers a recorded request, or does what a fault says in place of that, and records the outcome. `real` is GitLab's answer; undefined where the
 * fault prevents one.
 */
export function respond(
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
  const sent = fault?.kind === 'answer' ? faultAnswer(fault) : real && withUsualHeaders(request, real)
  if (sent === undefined) return
  seen.status = sent.status
  seen.outcome = fault?.kind === 'cut' ? 'cut' : 'answered'
  send(request, response, sent, fault?.kind === 'cut')
}
