import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../core/context.ts'
import { codeOf, TriggerError } from '../../core/errors.ts'
import type { TransportOptions } from '../../http/connect.ts'
import { showCertificate, type ShownCertificate } from '../../http/tls/certificate-probe.ts'
import type { Outcome } from '../../http/message.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { describeCertificate, fixFor } from '../../session/certificate-error.ts'
import { bad, good, skipped, warning, type Finding } from './finding.ts'

/** A request's outcome, with the certificate that the server showed. */
export interface InspectedAnswer {
  outcome: Outcome
  shown: ShownCertificate | undefined
}

/** The error for a server with which no connection can be made. */
export function connectError({ server, proxy }: Settings, error: unknown): TriggerError {
  const { what, hint } = explainConnectionFailure(error)
  const byProxy = proxy ? ` through the proxy ${proxy.value.url}` : ''
  const message = `${server.value.base} was not reached${byProxy}: ${what}`
  return new TriggerError({ exit: 'notReached', message, hint })
}

/** Checks the certificate by the result of a real request; where it was refused, looks which one it is. */
export async function checkTls(
  settings: Settings,
  { outcome, shown }: InspectedAnswer,
  transport: TransportOptions,
  context: Context,
  signal: AbortSignal,
): Promise<Finding> {
  const { server, ca, insecure } = settings
  if (!server.value.isHttps) return skipped('tls', 'plain http')
  if (shown) {
    const detail = describeCertificate(shown, context.wallTime())
    if (insecure) return warning('tls', `${detail}; not checked (--insecure)`, 'Use --cacert PATH instead.')
    return good('tls', ca ? `${detail}; trusted: ${ca.path} (${ca.origin})` : detail)
  }
  if (outcome.kind === 'answer') return good('tls', 'checked; the certificate cannot be shown')
  const { message, hint, exit } = connectError(settings, outcome.error)
  const seen = await showCertificate(server.value.base, transport, signal)
  signal.throwIfAborted()
  if (!seen) return bad('tls', new TriggerError({ exit, message, hint }))
  const code = codeOf(outcome.error)
  const detail = `${message} (${code}; ${describeCertificate(seen, context.wallTime())})`
  return bad('tls', new TriggerError({ exit, message: detail, hint: fixFor(code, seen) || hint }))
}
