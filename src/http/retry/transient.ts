import { codeOf, DeadlineError, Interrupted } from '../../core/errors.ts'
import type { Outcome } from '../message.ts'
import { ProxyError } from '../proxy/proxy-error.ts'

/** Permanent errors of a connection: the next attempt would meet the same certificate, the same proxy, an answer as long. */
const permanentCodes =
  /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|UND_ERR_(PRX_TLS|RES_EXCEEDED|HEADERS_OVERFLOW)|ERR_SSL_WRONG_VERSION|EPROTO$|ERR_INVALID)/

/** Whether an error of a connection stays: a refused certificate, a proxy that refuses, the end of the time or of the process. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof ProxyError) return error.status !== null && error.status < 500
  return error instanceof Interrupted || error instanceof DeadlineError || permanentCodes.test(codeOf(error))
}

/** Whether a status is that of a failure which may have ended a moment later: a timeout, a rate limit, an error of the server or of a gateway. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** Whether the same request may succeed a moment later: it had no answer, half of one, or a transient status. The only place that decides this. */
export function isTransient(outcome: Outcome): boolean {
  if (outcome.kind === 'no answer' || !outcome.isComplete)
    // One request that took too long does not end the command.
    return outcome.error instanceof DeadlineError || !isPermanent(outcome.error)
  return isTransientStatus(outcome.status)
}
