import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { TransportOptions } from '../connect.ts'
import { send } from '../send.ts'
import { type Outcome } from '../message.ts'
import { type HttpRequest } from '../message.ts'

/** A server's certificate and the TLS version of the connection. */
export interface ShownCertificate {
  /** For example TLSv1.3. */
  protocol: string
  subject: string
  issuer: string
  /** The names and addresses for which it is valid. */
  names: string
  /** Milliseconds since 1970. */
  validFrom: number
  validTo: number
}

function shownBy(socket: TLSSocket): ShownCertificate | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return undefined
  const line = (text: string): string => text.trim().replace(/\s*\n\s*/g, ', ')
  return {
    protocol: socket.getProtocol() ?? 'TLS',
    subject: line(certificate.subject),
    issuer: line(certificate.issuer),
    names: certificate.subjectAltName ?? line(certificate.subject),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  }
}

/** The outcome of a request to a URL that `send` sends, with the server's certificate; undefined if none was accepted. */
export async function withShownCertificate(
  url: string,
  send: () => Promise<Outcome>,
): Promise<{ outcome: Outcome; shown: ShownCertificate | undefined }> {
  const host = hostOf(url)
  let shown: ShownCertificate | undefined
  const onConnected = (message: unknown): void => {
    const { socket, connectParams } = message as { socket: unknown; connectParams?: { hostname?: string } }
    // Ignore the certificate of a proxy.
    const isServer = connectParams?.hostname?.replace(/^\[|\]$/g, '') === host
    if (isServer && socket instanceof TLSSocket) shown = shownBy(socket)
  }
  subscribe('undici:client:connected', onConnected)
  try {
    const outcome = await send()
    return { outcome, shown }
  } finally {
    unsubscribe('undici:client:connected', onConnected)
  }
}

/** The certificate of a server, valid or not. Sends a request without any secret. */
export async function showCertificate(
  url: string,
  transport: TransportOptions,
  signal: AbortSignal,
): Promise<ShownCertificate | undefined> {
  const request: HttpRequest = { policy: 'probe', method: 'GET', url, headers: {} }
  const probe = (): Promise<Outcome> => send(request, { ...transport, insecure: true }, signal)
  return (await withShownCertificate(url, probe)).shown
}

/** The host of a URL, an IPv6 address without brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '')
}

/** The addresses of a URL's host; undefined for an IP address. Rejects as Node's lookup or `signal`. */
export async function addressesOf(url: string, signal: AbortSignal): Promise<string[] | undefined> {
  signal.throwIfAborted()
  const host = hostOf(url)
  if (isIP(host) !== 0) return undefined
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error)
    }
  })
  signal.addEventListener('abort', stop, { once: true })
  try {
    const found = await Promise.race([lookup(host, { all: true }), aborted])
    return found.map(({ address }) => address)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
