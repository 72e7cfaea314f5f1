import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import type { Context } from '../context.ts'
import { configError, TriggerError, usageError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { readCa, readClientCertificate, type ClientCertificate } from './ca.ts'
import type { RunFlags } from './flags.ts'
import { collectInputs, type Input } from './inputs.ts'
import { valueAt } from './layers.ts'
import { expandPath } from './places.ts'
import { resolveProxy, type Proxy } from './proxy.ts'
import type { Api, Plan, Target } from './resolve.ts'
import type { ServerChoice } from './server-choice.ts'
import type { ServerUrl } from './server-url.ts'
import { fromEnv, fromFlag, type Setting } from './setting.ts'
import { stdinOnce } from './stdin.ts'
import { isOwnServer, refuseForeignTokens, tokenSources, type TokenSources } from './token-sources.ts'
import type { TokenSource } from './tokens.ts'
import { checkLimits, markerKey, type Variable } from './variable.ts'
import { collectVariables } from './variables.ts'

/** Everything that one trigger needs, each value with its origin. */
export interface Settings {
  server: Setting<ServerUrl>
  project: Setting<string>
  ref: Setting<string>
  /** Undefined only where none is needed: for --curl. */
  token: Setting<Secret> | undefined
  api: Setting<Api>
  variables: Variable[]
  inputs: Input[]
  /** PEM text of further authorities to trust for this server. */
  ca: (Setting<string> & { path: string }) | undefined
  certificate: ClientCertificate | undefined
  proxy: Setting<Proxy> | undefined
  insecure: boolean
  /** Credentials that may read what the trigger led to, best first. Empty: only what anybody may read. */
  apiToken: Setting<Secret> | undefined
  jobToken: Setting<Secret> | undefined
}

function need<T>(setting: T | undefined, what: string, how: string): T {
  if (setting === undefined) throw usageError(`no ${what} given`, how)
  return setting
}

async function read(source: TokenSource | undefined): Promise<Setting<Secret> | undefined> {
  return source && { value: await source.read(), origin: source.origin }
}

async function readTls(
  server: ServerChoice,
  plan: Plan,
  flags: RunFlags,
  context: Pick<Context, 'uid'>,
): Promise<Pick<Settings, 'ca' | 'certificate'>> {
  if (!server.value.isHttps) return { ca: undefined, certificate: undefined }
  const { entry } = server
  const path = (key: 'caFile' | 'certFile' | 'keyFile'): Setting<string> | undefined => {
    const set = entry && valueAt(entry, key)
    if (!set) return undefined
    return {
      ...set,
      value: expandPath(set, dirname(entry.file.path), plan.config.places),
    }
  }
  const caFile =
    fromFlag('--cacert', flags.cacert) ??
    path('caFile') ??
    (isOwnServer(server.value, plan.ci) ? plan.ci?.caFile : undefined)
  return {
    ca: caFile && (await readCa(caFile)),
    certificate: await readClientCertificate(
      { uid: context.uid },
      fromFlag('--cert', flags.cert) ?? path('certFile'),
      fromFlag('--key', flags.key) ?? path('keyFile'),
    ),
  }
}

/**
 * The API token, if it is wanted. For --jobs and --verify it must be had; to look up a lost build, which is only an offer, it is read where that
 * asks nobody for anything, and done without where it cannot be had.
 */
async function readApiToken(
  source: TokenSources['apiToken'],
  plan: Plan,
  flags: RunFlags,
): Promise<Setting<Secret> | undefined> {
  if (plan.jobs.value || flags.verify || source?.isGiven) return read(source)
  if (flags.verify === false || flags.curl || flags.dryRun || source?.isProgram) return undefined
  return read(source).catch((error: unknown) => {
    if (error instanceof TriggerError) return undefined
    throw error
  })
}

/** The variable by which a pipeline can be told for certain; jobs see it. */
function markerVariable(): Variable {
  return { key: markerKey, value: randomUUID(), origin: '--marker', source: { kind: 'typed' } }
}

function refuseMarker(variables: Variable[], marker: readonly Variable[]): Variable[] {
  const own = variables.find(({ key }) => key === markerKey)
  if (own && marker.length > 0)
    throw usageError(`${own.origin}: ${markerKey} is what --marker sends`, 'Leave one of them out.')
  return variables
}

/** An environment that switches all checks off must not weaken us silently (promise G5, T35). */
function refuseUncheckedTls(flags: RunFlags, env: Context['env']): void {
  if (fromEnv(env, 'NODE_TLS_REJECT_UNAUTHORIZED')?.value !== '0' || flags.insecure) return
  throw configError(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set, which switches off all checks of certificates',
    'Unset it, and use --cacert for an authority of your own; or give --insecure too, if that is what you want.',
  )
}

function over<T extends { key: string }>(below: readonly T[], above: readonly T[]): T[] {
  return [...new Map([...below, ...above].map((each) => [each.key, each])).values()]
}

/**
 * The settings of each target of a plan, complete and checked: reads the files, the standard input and the secrets that flags and
 * config name. Throws usage errors (exit 2) and configuration errors (exit 14); nothing was sent then.
 */
export async function completePlan(
  plan: Plan,
  flags: RunFlags,
  context: Context,
  signal: AbortSignal,
): Promise<Settings[]> {
  const targets = plan.targets.map((target) => checkTarget(target))
  const [first] = targets
  if (!first) return []
  const { server } = first
  const typedInputs = collectInputs(flags)
  const readStdin = stdinOnce(context, signal)
  const sources = tokenSources(server, plan, flags, context, signal, readStdin)
  if (!sources.token && !flags.curl) {
    refuseForeignTokens(server, plan)
    throw usageError('no token given', 'Set GITLAB_TRIGGER_TOKEN, or use --token-file PATH or --token-stdin.')
  }
  const token = flags.curl ? undefined : await read(sources.token)
  const jobToken = sources.jobToken === sources.token ? token : await read(sources.jobToken)
  const apiToken = await readApiToken(sources.apiToken, plan, flags)
  const typed = await collectVariables(flags, context, readStdin)
  refuseUncheckedTls(flags, context.env)
  const tls = await readTls(server, plan, flags, context)
  const proxy = resolveProxy(flags, server, context)
  const marker = flags.marker ? [markerVariable()] : []
  return targets.map((target) => {
    const variables = [...refuseMarker(over(target.variables, typed), marker), ...marker]
    const inputs = over(target.inputs, typedInputs)
    checkLimits(variables, inputs)
    if (target.api.value === 'v3' && inputs.length > 0) {
      throw usageError(
        `${inputs[0]?.origin ?? ''}: inputs came with GitLab 17.11; API v3 has none`,
        'Use --var, or --api v4.',
      )
    }
    const insecure = flags.insecure ?? false
    return { ...target, variables, inputs, token, apiToken, jobToken, ...tls, proxy, insecure }
  })
}

function checkTarget(
  target: Target,
): Target & { server: ServerChoice; project: Setting<string>; ref: Setting<string> } {
  return {
    ...target,
    server: need(
      target.server,
      'server',
      'Use --server https://gitlab.example.com, or set GITLAB_TRIGGER_SERVER.',
    ),
    project: need(
      target.project,
      'project',
      'Use --project with its number or path, or set GITLAB_TRIGGER_PROJECT.',
    ),
    ref: need(target.ref, 'ref', 'Use --ref with a branch or tag, or set GITLAB_TRIGGER_REF.'),
  }
}
