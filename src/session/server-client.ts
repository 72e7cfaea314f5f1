import type { ServerSettings } from '../config/access.ts'
import { fromEnv } from '../config/setting.ts'
import type { Context } from '../core/context.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import {
  candidates,
  type CredentialCandidate,
  type Open,
  type Rejected,
} from '../gitlab/api/first-allowed.ts'
import { namedBefore } from '../gitlab/errors/answered-before.ts'
import type { RequestRate } from '../http/request-rate.ts'
import type { RefusalContext } from '../gitlab/errors/explain-refusal.ts'
import type { TransportOptions } from '../http/connect.ts'
import { openHttpSession, type HttpSession, type SessionOptions } from '../http/http-session.ts'
import type { Listener } from '../http/message.ts'
import { serverRetryDelay } from '../http/retry/delays.ts'
import { longestRetryAfterMs } from '../http/retry/grace.ts'
import type { Reporter } from '../events.ts'

/** The way to the server of these settings. */
export function transportOptions(
  settings: Pick<ServerSettings, 'ca' | 'certificate' | 'proxy' | 'insecure'>,
  context: Context,
): TransportOptions {
  const { certificate } = settings
  return {
    ca: settings.ca?.value,
    certificate: certificate && { cert: certificate.cert, key: certificate.key },
    proxy: settings.proxy?.value,
    insecure: settings.insecure,
    extraCaFile: context.env['NODE_EXTRA_CA_CERTS'],
    systemStore: {
      file: fromEnv(context.env, 'SSL_CERT_FILE')?.value,
      folders: fromEnv(context.env, 'SSL_CERT_DIR')?.value,
      platform: context.platform,
    },
    withoutWasmTiering: context.withoutWasmTiering,
  }
}

/** A server that is open for reading and changing things. */
export interface ServerAccess {
  access: ServerSettings
  session: HttpSession
  /** The credentials to try, best first. */
  tries: CredentialCandidate[]
  /** Opens a client of a project. */
  open(project: string): Open<Client>
}

/** Opens a server. Its session is to be closed at the end. */
export function openServer(
  access: ServerSettings,
  options: Omit<SessionOptions, 'transport'>,
  context: Context,
): ServerAccess {
  const { base } = access.server.value
  const session = openHttpSession(base, { ...options, transport: transportOptions(access, context) })
  return {
    access,
    session,
    tries: candidates(access.apiToken?.value, access.jobToken?.value),
    open: (project) => (dialect, credential) => clientFor({ base, project }, dialect, credential, session),
  }
}

/** A listener that also pays for each request, and heeds what the server says of its limits (docs/gitlab.md#2.6). */
export function pacing(pace: RequestRate, listen: Listener, { now }: Pick<Context, 'now'>): Listener {
  return (request, outcome) => {
    listen(request, outcome)
    pace.spend(now())
    if (outcome.kind === 'no answer') return
    const isLow = Number(outcome.headers['ratelimit-remaining'] ?? '99') < lowRemaining
    if (!isLow && outcome.status !== 429 && outcome.status !== 503) return
    pace.hold(now() + Math.min(longestRetryAfterMs, serverRetryDelay(outcome, now()) ?? 0))
  }
}

/** With so few requests left in a server's window, the next look waits for the next one. */
const lowRemaining = 5

/** Warns of an API token that is not accepted where a lesser credential may read all the same: what needs it would fail later. */
export async function warnOfRefusals(
  refusals: readonly Rejected[],
  { apiToken }: Pick<ServerSettings, 'apiToken'>,
  report: Reporter,
): Promise<void> {
  const refusal = refusals.find(({ credential }) => credential?.header === 'PRIVATE-TOKEN')
  if (!refusal || !apiToken) return
  const text = `the API token from ${apiToken.origin} is not accepted (${refusal.before ? `${namedBefore(refusal.before)}: ` : ''}${refusal.error.message}); reading without it.`
  await report({ type: 'warned', text, isGrave: true })
}

/** The token of a credential, for explanations. */
export function tokenOf(
  credential: CredentialCandidate['credential'],
  { apiToken, jobToken }: ServerSettings,
): RefusalContext['token'] {
  const header = credential?.header
  const setting = header === 'PRIVATE-TOKEN' ? apiToken : header === 'JOB-TOKEN' ? jobToken : undefined
  return setting && { origin: setting.origin, text: setting.value.reveal(), isJobToken: setting === jobToken }
}
