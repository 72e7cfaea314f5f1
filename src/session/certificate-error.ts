import type { ServerSettings } from '../config/access.ts'
import { optionally } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import { codeOf, type TriggerError } from '../core/errors.ts'
import type { TransportOptions } from '../http/connect.ts'
import { isUnknownIssuer } from '../http/tls/system-authorities.ts'
import { showCertificate, type ShownCertificate } from '../http/tls/certificate-probe.ts'

/** What to do about a certificate that was refused; '' where the code says nothing of it. */
export function fixFor(code: string, { issuer, names }: ShownCertificate): string {
  if (isUnknownIssuer({ code }))
    return `Trust its authority (${issuer}): caFile in the server's entry, or --cacert PATH.`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `Use a name that it is for: ${names}.`
  if (code === 'CERT_HAS_EXPIRED') return "Renew it on the server; or is this machine's clock wrong?"
  return ''
}

/** A certificate in words: how it was shown, whose it is, whose signature it bears, and until when. */
export function describeCertificate(
  { protocol, subject, issuer, validFrom, validTo }: ShownCertificate,
  now: number,
): string {
  const days = Math.floor((validTo - now) / 86_400_000)
  const left = days < 0 ? `${-days} days ago` : days === 1 ? '1 day left' : `${days} days left`
  const end = Number.isNaN(validTo)
    ? 'without an expiry date'
    : `until ${new Date(validTo).toISOString().slice(0, 10)}`
  const start = validFrom > now ? `valid from ${new Date(validFrom).toISOString().slice(0, 10)} ` : ''
  return `${protocol}; ${subject}, issued by ${issuer}, ${start}${end} (${left})`
}

/** Node's codes for a certificate that was refused. */
const refused = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

/** The code of a refused certificate, however deep it lies in the causes of an error; '' where there is none. */
function refusalCode(error: unknown): string {
  const code = codeOf(error)
  if (refused.test(code)) return code
  return error instanceof Error ? refusalCode(error.cause) : ''
}

/**
 * A failure to reach a server, with what is wrong with its certificate: which one it showed, for which names and dates, and the option that
 * helps (docs/guarantees.md#T31, #T32, #T33). Reads the certificate again, without sending anything; any other failure stays as it is.
 */
export async function withCertificate(
  failure: TriggerError,
  { server }: Pick<ServerSettings, 'server'>,
  transport: TransportOptions,
  context: Context,
  signal: AbortSignal,
): Promise<TriggerError> {
  const code = refusalCode(failure.cause)
  if (failure.exit !== 'notReached' || code === '' || signal.aborted) return failure
  const limits = { signal, deadline: Infinity }
  const shown = await optionally(context, limits, (part) =>
    showCertificate(server.value.base, transport, part.signal),
  )
  if (!shown || shown === 'too late') return failure
  return failure.with({
    message: `${failure.message} (${describeCertificate(shown, context.wallTime())}; it is for ${shown.names})`,
    hint: fixFor(code, shown) || failure.hint,
  })
}
