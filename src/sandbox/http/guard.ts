import type { IncomingMessage } from 'node:http'
import { isIPv4 } from 'node:net'
import type { Answer } from './answer.ts'
import { text } from './answer.ts'

/** Names that lead to this machine and nowhere else. */
const loopback: readonly string[] = ['localhost', '[::1]']

/** Which requests are let in. */
export interface AllowedHosts {
  /** Names besides those of the loopback interface under which the sandbox is called; `*` for any. */
  hosts: readonly string[]
}

/** The name in a `Host` header, without the port. */
function nameIn(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '')
}

function isOurs({ hosts }: AllowedHosts, host: string): boolean {
  const name = nameIn(host)
  const isLoopback = loopback.includes(name) || (isIPv4(name) && name.startsWith('127.'))
  return isLoopback || hosts.includes('*') || hosts.includes(name)
}

const safe = ['GET', 'HEAD', 'OPTIONS']

/** Whether a browser sends this for a page of another site; programs that are no browsers send neither of the headers. */
function isCrossSite({ method = '', headers }: IncomingMessage): boolean {
  if (safe.includes(method)) return false
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin'
  const { origin, host = '' } = headers
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== host
}

/**
 * The refusal of a request that should not come here: one with the name of another server, which a page could send after it has
 * made its own name lead to 127.0.0.1 (DNS rebinding), or one that a page of another site makes a browser send.
 */
export function refusal(allowed: AllowedHosts, request: IncomingMessage): Answer | undefined {
  const { host = 'localhost' } = request.headers
  if (!isOurs(allowed, host)) {
    return text(
      421,
      `This sandbox does not serve the host ${nameIn(host)}. Start it with --host to allow it.\n`,
    )
  }
  return isCrossSite(request) ? text(403, 'Requests from other sites are refused.\n') : undefined
}
