import { codeOf, DeadlineError, Interrupted } from '../core/errors.ts'
import { EncodingError } from './content-encoding.ts'
import { ProxyError } from './proxy/proxy-error.ts'

const certificate =
  'Trust its authority with --cacert PATH, or correct the clock, the name or the certificate.'

const encoded = 'Does a proxy re-encode the answers?'

/** What a failed connection means, by Node's or undici's error code: what happened, and what to do. */
const failures: Record<string, readonly [what: string, hint: string]> = {
  ECONNREFUSED: ['the connection was refused', 'Is the address right, and is the server running?'],
  ENOTFOUND: ['no such host', 'Is the name right?'],
  EAI_AGAIN: ['the name could not be looked up', 'Is the network, or the name server, down?'],
  EHOSTUNREACH: ['there is no route to the host', 'Is the network up?'],
  ENETUNREACH: ['there is no route to the network', 'Is the network up?'],
  ETIMEDOUT: ['the connection timed out', ''],
  ECONNRESET: ['the connection was reset', ''],
  EPIPE: ['the connection was closed', ''],
  UND_ERR_SOCKET: ['the server closed the connection', ''],
  UND_ERR_HEADERS_OVERFLOW: ['the answer has too many headers', 'Is that a GitLab?'],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['the answer is too large', 'Is that a GitLab?'],
  Z_DATA_ERROR: ['the answer is not encoded as its Content-Encoding says', encoded],
  Z_BUF_ERROR: ['the encoded answer broke off', encoded],
  ERR__ERROR_FORMAT_PADDING_1: ['the answer is not encoded as its Content-Encoding says', encoded],
  EPROTO: ['the server does not speak TLS there', 'Is it http, or another port?'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['the server does not speak TLS there', 'Is it http, or another port?'],
  ERR_TLS_CERT_ALTNAME_INVALID: ["the server's certificate is for another name", certificate],
  CERT_HAS_EXPIRED: ["the server's certificate has expired", certificate],
  CERT_NOT_YET_VALID: ["the server's certificate is not valid yet", certificate],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["the server's certificate is from an unknown authority", certificate],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["the server's certificate is from an unknown authority", certificate],
  SELF_SIGNED_CERT_IN_CHAIN: ["the server's certificate is from an unknown authority", certificate],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["the server's certificate is signed by itself", certificate],
}

/** All that several attempts at one connection (one per address family) went wrong with. Its own message is empty. */
function codesIn(error: unknown): string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(codesIn)
  return [codeOf(error)]
}

function proxyTrouble({ status, message }: ProxyError): { what: string; hint: string } {
  if (status === 407)
    return {
      what: 'the proxy wants a user and password',
      hint: 'Give them in the proxy URL: http://user:password@proxy:3128. If they are there, the proxy refuses them: correct them.',
    }
  return { what: message, hint: 'Is the address right? --proxy none, or NO_PROXY, goes without it.' }
}

/** Whether undici has ended a connection for an answer that belongs to no request: 100 Continue, which none of ours asks for. */
export const isUnaskedContinue = (error: unknown): boolean =>
  codeOf(error) === 'UND_ERR_SOCKET' && error instanceof Error && error.message === 'bad response'

/** What went wrong with a connection, in words, and what to do about it. Never holds a text of the error: it may echo a secret. */
export function explainConnectionFailure(error: unknown): { what: string; hint: string } {
  if (error instanceof Interrupted || error instanceof DeadlineError) return { what: error.message, hint: '' }
  if (error instanceof ProxyError) return proxyTrouble(error)
  if (error instanceof EncodingError)
    return { what: error.message, hint: 'Does a proxy re-encode the answers?' }
  if (isUnaskedContinue(error))
    return { what: 'the server sent 100 Continue, which was not asked for', hint: 'Does a proxy send it?' }
  const code = codesIn(error).find((each) => each in failures) ?? codeOf(error)
  const [what, hint] = failures[code] ?? [
    code === '' ? 'the answer was not HTTP' : `the connection failed (${code})`,
    '',
  ]
  return { what, hint }
}
