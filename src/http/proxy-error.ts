import { codeOf } from '../errors.ts'
import type { Answer } from './send.ts'

/** A proxy did not let the request through: nothing of it reached the server. */
export class ProxyError extends Error {
  override name = 'ProxyError'
  /** The proxy's own status; null where it said none. */
  readonly status: number | null

  constructor(status: number | null) {
    super(`the proxy answered ${status ?? 'nothing usable'}`)
    this.status = status
  }
}

/** undici's error for a CONNECT that was refused, in our terms; any other error as it is (guarantees 4.5: it looks like an abort). */
export function proxyErrorOf(error: unknown): unknown {
  if (codeOf(error) !== 'UND_ERR_ABORTED' || !(error instanceof Error)) return error
  const status = /Proxy response \((\d+)\)/.exec(error.message)?.[1]
  return status === undefined ? error : new ProxyError(Number(status))
}

/** Whether an answer is the proxy's demand for a password: then it did not pass the request on. */
export function isProxyRefusal({ status }: Pick<Answer, 'status'>): boolean {
  return status === 407
}
