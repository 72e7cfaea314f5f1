import { dirname } from 'node:path'
import type { Context } from '../core/context.ts'
import { configError, missingError } from '../core/errors.ts'
import { maybePageOfProject } from '../core/text/page-of-project.ts'
import type { Secret } from '../core/secret.ts'
import { readCa, readClientCertificate, type ClientCertificate } from './server/ca.ts'
import type { CredentialFlags, TransportFlags } from '../options/shared.ts'
import type { Config } from './files/find-config.ts'
import { namesOf, serverNamed, settingAt } from './layers.ts'
import { expandPath } from './files/places.ts'
import type { FileUser } from './files/provided-file.ts'
import { resolveProxy, type Proxy } from './server/proxy.ts'
import type { Plan, TriggerTarget } from './plan.ts'
import type { Api } from './plan-values.ts'
import { configuredBases } from './server/known-servers.ts'
import type { ServerChoice } from './server/server-choice.ts'
import type { ServerUrl } from './server/server-url.ts'
import { fromEnv, fromFlag, type Setting } from './setting.ts'
import { isOwnServer, tokenSources } from './credentials/token-sources.ts'
import type { TokenSource } from './credentials/token-source.ts'

/** Everything that a request to a server needs, each value with its origin. */
export interface ServerSettings {
  server: Setting<ServerUrl> & Pick<ServerChoice, 'name' | 'entry'>
  api: Setting<Api>
  /** PEM text of additional CA certificates to trust for this server. */
  ca: (Setting<string> & { path: string }) | undefined
  certificate: ClientCertificate | undefined
  proxy: Setting<Proxy> | undefined
  insecure: boolean
  /** Tokens for reading pipelines, best first. Without any, only public projects can be read. */
  apiToken: Setting<Secret> | undefined
  jobToken: Setting<Secret> | undefined
}

/** Returns the setting. Throws a usage error if it is undefined. */
export function need<T>(setting: T | undefined, what: string, hint: () => string): T {
  if (setting === undefined) throw missingError(`no ${what} given`, hint())
  return setting
}

/** How to choose a server: by its name in the config files, where they define one or more. */
export function serverHint(config: Config): string {
  const names = namesOf(config, 'servers')
  const [name, ...others] = names
  const file = name === undefined ? undefined : serverNamed(config, name)?.file.path
  if (name === undefined || file === undefined)
    return 'Use --server https://gitlab.example.com, or set GITLAB_TRIGGER_SERVER. To store one: gitlab-trigger login.'
  return others.length === 0
    ? `Use --server ${name}, the only one of your config, or add the line "default: ${name}" to ${file}.`
    : `Use --server with one of ${names.join(', ')}, or add a line "default: NAME" to ${file}.`
}

/** Returns the server of a target. Throws a usage error if there is none. */
export function needServer({ server }: Pick<TriggerTarget, 'server'>, config: Config): ServerChoice {
  return need(server, 'server', () => serverHint(config))
}

/** Returns the project of a target. Throws a usage error if there is none. */
export function needProject(
  { project, server }: Pick<TriggerTarget, 'project'> & Partial<Pick<TriggerTarget, 'server'>>,
  config?: Config,
): Setting<string> {
  const how = 'Use --project with its number or path, or set GITLAB_TRIGGER_PROJECT.'
  return need(project, 'project', () =>
    server ? how + maybePageOfProject(server.value.base, config && configuredBases(config)) : how,
  )
}

/** Reads a token. Throws the errors of its source. */
export async function resolveToken(source: TokenSource | undefined): Promise<Setting<Secret> | undefined> {
  return source && { value: await source.read(), origin: source.origin }
}

/** The certificate files of a server, each with its origin. */
export interface TlsFiles {
  caFile: Setting<string> | undefined
  certFile: Setting<string> | undefined
  keyFile: Setting<string> | undefined
}

/** Which certificate files are used for a server: those of flags, else of its entry, else the job's. */
export function chooseTlsFiles(server: ServerChoice, plan: Plan, flags: TransportFlags): TlsFiles {
  const { entry } = server
  const path = (key: keyof TlsFiles): Setting<string> | undefined => {
    const set = entry && settingAt(entry, key)
    return set && { ...set, value: expandPath(set, dirname(entry.file.path), plan.config.places) }
  }
  return {
    caFile:
      fromFlag('--cacert', flags.cacert) ??
      path('caFile') ??
      (isOwnServer(server.value, plan.ci) ? plan.ci?.caFile : undefined),
    certFile: fromFlag('--cert', flags.cert) ?? path('certFile'),
    keyFile: fromFlag('--key', flags.key) ?? path('keyFile'),
  }
}

async function readTls(
  server: ServerChoice,
  plan: Plan,
  flags: TransportFlags,
  user: FileUser,
): Promise<Pick<ServerSettings, 'ca' | 'certificate'>> {
  const { caFile, certFile, keyFile } = chooseTlsFiles(server, plan, flags)
  // Over http they are of no use; that a flag names a file that cannot be one is said all the same.
  const isUsed =
    server.value.isHttps || [flags.cacert, flags.cert, flags.key].some((each) => each !== undefined)
  if (!isUsed) return { ca: undefined, certificate: undefined }
  const read = {
    ca: caFile && (await readCa(caFile, 'authorities', user)),
    certificate: (certFile ?? keyFile) && (await readClientCertificate(user, certFile, keyFile)),
  }
  return server.value.isHttps ? read : { ca: undefined, certificate: undefined }
}

/** Throws if NODE_TLS_REJECT_UNAUTHORIZED=0 would silently turn off certificate checks (docs/guarantees.md#G5, #T35). */
function refuseUncheckedTls(flags: TransportFlags, env: Context['env']): void {
  if (fromEnv(env, 'NODE_TLS_REJECT_UNAUTHORIZED')?.value !== '0' || flags.insecure) return
  throw configError(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set, which turns off all certificate checks',
    'Unset it, and use --cacert for a CA of your own; or add --insecure if you mean it.',
  )
}

/** Reads certificates, proxy and `--insecure` for a server. Throws usage and configuration errors. */
export async function readTransport(
  server: ServerChoice,
  plan: Plan,
  flags: TransportFlags,
  context: FileUser & Pick<Context, 'secrets'>,
): Promise<Pick<ServerSettings, 'ca' | 'certificate' | 'proxy' | 'insecure'>> {
  refuseUncheckedTls(flags, context.env)
  const tls = await readTls(server, plan, flags, context)
  return { ...tls, proxy: resolveProxy(flags, server, context), insecure: flags.insecure ?? false }
}

/**
 * The server settings for commands that trigger nothing: the trigger token is not read. Throws usage errors
 * (exit 2) and configuration errors (exit 14).
 */
export async function resolveServerSettings(
  plan: Plan,
  flags: CredentialFlags & TransportFlags,
  context: Context,
  signal: AbortSignal,
): Promise<ServerSettings> {
  const [target] = plan.targets
  const server = needServer(target ?? { server: undefined }, plan.config)
  const sources = tokenSources({ server, tokens: target?.tokens ?? [] }, plan, flags, context, signal)
  const transport = await readTransport(server, plan, flags, context)
  return {
    server,
    api: target?.api ?? { value: 'auto', origin: '' },
    apiToken: await resolveToken(sources.apiToken),
    jobToken: await resolveToken(sources.jobToken),
    ...transport,
  }
}
