import type { Settings } from '../../config/settings.ts'
import { optionally, type TimeLimits } from '../../core/budget.ts'
import type { Context } from '../../core/context.ts'
import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { dialects, type Dialect } from '../../gitlab/api/dialect.ts'
import { explainRead, presenceOf, readVersion } from '../../gitlab/trigger/probe.ts'
import { readRequest, type ProjectAddress } from '../../gitlab/api/requests.ts'
import { addressesOf, withShownCertificate } from '../../http/tls/certificate-probe.ts'
import type { RequestSender } from '../../http/http-session.ts'
import type { Outcome } from '../../http/message.ts'
import type { Secret } from '../../core/secret.ts'
import { bad, good, skipped, warning, type Finding } from './finding.ts'
import { attempt } from './check-setup.ts'
import { checkTls, connectError } from './check-tls.ts'
import { requestLimits } from '../../session/retry-policy.ts'
import { transportOptions } from '../../session/server-client.ts'

async function checkDns(settings: Settings, signal: AbortSignal): Promise<Finding> {
  const { server, proxy } = settings
  if (proxy) return skipped('dns', 'the proxy resolves the name')
  try {
    const addresses = await addressesOf(server.value.base, signal)
    return addresses
      ? good('dns', addresses.join(', '))
      : skipped('dns', 'the server is given by its address')
  } catch (error) {
    if (error instanceof Interrupted || error instanceof DeadlineError) throw error
    return bad('dns', connectError(settings, error))
  }
}

const proxyNames = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']

function checkProxy({ proxy }: Settings, env: Context['env']): Finding {
  if (proxy) return good('proxy', `${proxy.value.url} (${proxy.origin})`)
  const set = [...proxyNames, 'no_proxy', 'NO_PROXY'].filter((name) => (env[name] ?? '') !== '')
  return good('proxy', set.length === 0 ? 'none' : `none for this server; set: ${set.join(', ')}`)
}

/** Which of the two APIs `run` would use. Throws a TriggerError where it would have none. */
function chooseDialect(
  api: Settings['api']['value'],
  v4: Outcome,
  v3: Outcome,
  target: ProjectAddress,
): Dialect {
  const wanted = api === 'auto' && presenceOf(v4) === 'absent' && presenceOf(v3) === 'there' ? 'v3' : api
  const dialect = wanted === 'v3' ? dialects.v3 : dialects.v4
  const outcome = wanted === 'v3' ? v3 : v4
  if (presenceOf(outcome) === 'there') return dialect
  throw explainRead(outcome, target, dialect)
}

const saysOf = { there: 'answers', absent: 'is not there', unclear: 'does not give a clear answer' } as const

function checkClock(outcome: Outcome, now: number): Finding {
  if (outcome.kind === 'no answer') return skipped('clock', 'there was no answer')
  const date = Date.parse(outcome.headers['date'] ?? '')
  if (Number.isNaN(date)) return skipped('clock', "the server's answer has no date")
  const seconds = Math.round((now - date) / 1000)
  const [size, where] = [Math.abs(seconds), seconds < 0 ? 'behind' : 'ahead of']
  if (size <= 300) return good('clock', `differs from the server's by ${size} s`)
  const message = `this machine's clock is ${Math.round(size / 60)} minutes ${where} the server's`
  return warning('clock', message, 'Set the clock (NTP): certificates are checked by it.')
}

/** Checks the way to the server and what answers there. Returns the API that `run` would use; undefined where there is none. */
export async function* examineServer(
  settings: Settings,
  apiToken: Secret | undefined,
  context: Context,
  budget: TimeLimits,
  sender: RequestSender,
): AsyncGenerator<Finding, Dialect | undefined> {
  const { signal } = sender
  const dns = await checkDns(settings, signal)
  yield dns
  yield checkProxy(settings, context.env)
  if (dns.mark === 'bad') return undefined
  const target: ProjectAddress = { base: settings.server.value.base, project: settings.project.value }
  const transport = transportOptions(settings, context)
  const request = readRequest(target, dialects.v4, '', undefined)
  const { outcome: v4, shown } = await withShownCertificate(request.url, () => sender.send(request))
  // Cut short before there was a certificate, TLS is what was not done; after it, the API.
  if (settings.server.value.isHttps && !shown) signal.throwIfAborted()
  const tls = await checkTls(settings, { outcome: v4, shown }, transport, context, signal)
  yield tls
  signal.throwIfAborted()
  if (tls.mark === 'bad') return undefined
  const v3 = await sender.send(readRequest(target, dialects.v3, '', undefined))
  signal.throwIfAborted()
  const dialect = await attempt(() => chooseDialect(settings.api.value, v4, v3, target))
  if (dialect instanceof TriggerError) yield bad('api', dialect)
  else {
    // Which release it is, is an offer.
    const release =
      apiToken &&
      (await optionally(context, budget, (part) =>
        readVersion(target, dialect, apiToken, sender.within(requestLimits(context, part))),
      ))
    const versions = `v4 ${saysOf[presenceOf(v4)]}, v3 ${saysOf[presenceOf(v3)]}; run uses ${dialect.name}`
    yield good(
      'api',
      release === undefined
        ? versions
        : `${versions}; GitLab ${release === 'too late' ? 'its version could not be read in time' : release}`,
    )
  }
  yield checkClock(v4, context.wallTime())
  return dialect instanceof TriggerError ? undefined : dialect
}
