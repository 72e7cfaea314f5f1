import { createSecureContext, type SecureContext } from 'node:tls'

/** The client certificate and its key, as PEM texts. */
export interface ClientKeyPair {
  cert: string
  key: string
}

/** CA certificates that replace Node's own. */
export interface Authorities {
  /** The same for the same certificates. */
  key: string
  /** Reads them: PEM texts. */
  list: () => string[]
}

const made = new Map<string, SecureContext>()

/**
 * What TLS trusts and shows, made once for the same certificates: to read the 140 root certificates of Node takes 10 ms of processor time, and
 * each trigger of a batch has a connection of its own. Throws Node's errors.
 */
export function sharedContext(
  { key, list }: Authorities,
  certificate: ClientKeyPair | undefined,
): SecureContext {
  const name = JSON.stringify([key, certificate?.cert, certificate?.key])
  const context = made.get(name) ?? createSecureContext({ ca: list(), ...certificate })
  made.set(name, context)
  return context
}
