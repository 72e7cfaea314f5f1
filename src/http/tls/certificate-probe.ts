import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { TransportOptions } from '../connect.ts'
import { send } from '../send.ts'
import { type Outcome } from '../message.ts'
import { type HttpRequest } from '../message.ts'

/** The certificate that a server showed, and how it was talked to. */
export interface Shown {
  /** As TLSv1.3. */
  protocol: string
  subject: string
  issuer: string
  /** The names and addresses that it is for. */
  names: string
  /** Milliseconds since 1970. */
  validFrom: number
  validTo: number
}

function shownBy(socket: TLSSocket): Shown | undefined {
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

/** Sends a request as `send`, and also tells which certificate the server showed; undefined where none was accepted. */
export async function sendLooking(
  request: HttpRequest,
  way: TransportOptions,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; shown: Shown | undefined }> {
  const host = hostOf(request.url)
  let shown: Shown | undefined
  const onConnected = (message: unknown): void => {
    const { socket, connectParams } = message as { socket: unknown; connectParams?: { hostname?: string } }
    // A proxy's own certificate is not the server's.
    const isServer = connectParams?.hostname?.replace(/^\[|\]$/g, '') === host
    if (isServer && socket instanceof TLSSocket) shown = shownBy(socket)
  }
  subscribe('undici:client:connected', onConnected)
  try {
    const outcome = await send(request, way, signal)
    return { outcome, shown }
  } finally {
    unsubscribe('undici:client:connected', onConnected)
  }
}

/** The certificate that a server shows, good or not. Asks for the address alone, without any secret. */
export async function showCertificate(
  url: string,
  way: TransportOptions,
  signal: AbortSignal,
): Promise<Shown | undefined> {
  const request: HttpRequest = { policy: 'probe', method: 'GET', url, headers: {} }
  return (await sendLooking(request, { ...way, insecure: true }, signal)).shown
}

/** The host in a URL, an IPv6 address without its brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '')
}

/** The addresses of the host of a URL; undefined where it is an address itself. Rejects as Node's lookup, or as the signal says. */
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
