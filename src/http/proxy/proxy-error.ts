import { codeOf } from '../../core/errors.ts'
import type { Answer } from '../message.ts'

/** A proxy did not let the request through: nothing of it reached the server. */
export class ProxyError extends Error {
  override name = 'ProxyError'
  /** The proxy's own status, or for SOCKS what comes nearest; null where it said none. */
  readonly status: number | null

  constructor(status: number | null, why = `the proxy answered ${status ?? 'nothing usable'}`) {
    super(why)
    this.status = status
  }
}

/**
 * Why a tunnel could not be made, in our terms. A connection that the proxy closed without an answer is its refusal; undici would try such an
 * error (UND_ERR_SOCKET) again for ever.
 */
export function tunnelError(error: unknown): Error {
  if (error instanceof ProxyError) return error
  const isSilence = /^UND_ERR_|^HPE_|^ECONNRESET$|^EPIPE$|^$/.test(codeOf(error))
  return isSilence ? new ProxyError(null) : (error as Error)
}

/** Whether an answer is the proxy's demand for a password: then it did not pass the request on. */
export function isProxyRefusal({ status }: Pick<Answer, 'status'>): boolean {
  return status === 407
}
