import { codeOf } from '../../core/errors.ts'
import type { Answer } from '../message.ts'

/** The proxy refused the request; nothing reached the server. */
export class ProxyError extends Error {
  override name = 'ProxyError'
  /** The HTTP status of the proxy, or the nearest one for SOCKS; null if there is none. */
  readonly status: number | null

  constructor(status: number | null, why = `the proxy answered ${status ?? 'nothing usable'}`) {
    super(why)
    this.status = status
  }
}

/**
 * Converts an error of a tunnel. If the proxy closed the connection without an answer, it counts as a
 * refusal; undici would retry such an error (UND_ERR_SOCKET) forever.
 */
export function tunnelError(error: unknown): Error {
  if (error instanceof ProxyError) return error
  const isSilence = /^UND_ERR_|^HPE_|^ECONNRESET$|^EPIPE$|^$/.test(codeOf(error))
  return isSilence ? new ProxyError(null) : (error as Error)
}

/** Whether a response is the proxy's request for a password, so that the server was not reached. */
export function isProxyRefusal({ status }: Pick<Answer, 'status'>): boolean {
  return status === 407
}
