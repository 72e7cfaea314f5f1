import type { Context } from '../context.ts'
import { configError, usageError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { readCa } from './ca.ts'
import { readCiJob, type CiJob } from './ci.ts'
import { parseDuration } from './duration.ts'
import type { RunFlags } from './flags.ts'
import { collectInputs, type Input } from './inputs.ts'
import { parseProject } from './project.ts'
import { parseServerUrl, type ServerUrl } from './server-url.ts'
import { builtIn, fromEnv, fromFlag, type Setting } from './setting.ts'
import { stdinOnce, type ReadStdin } from './stdin.ts'
import { resolveApiToken, resolveToken } from './tokens.ts'
import { collectVariables, type Variable } from './variables.ts'

/** Which API to speak: one of them, or the newest that the server has. */
export type Api = 'v4' | 'v3' | 'auto'

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
  /** Credentials that may read what the trigger led to, best first. Empty: only what anybody may read. */
  apiToken: Setting<Secret> | undefined
  jobToken: Setting<Secret> | undefined
}

/** Longer than GitLab's own limit of 60 s for a request, so that "unknown" is rare (guarantees 14.1). */
const defaultTimeoutMs = 90_000

/** The time that the whole run may take, in ms. */
export function resolveTimeout(flags: Pick<RunFlags, 'timeout'>): Setting<number> {
  const typed = fromFlag('--timeout', flags.timeout)
  if (!typed) return { value: defaultTimeoutMs, origin: builtIn }
  return { value: parseDuration(typed.value, '--timeout'), origin: typed.origin }
}

function need<T>(setting: Setting<T> | undefined, what: string, how: string): Setting<T> {
  if (setting === undefined) throw usageError(`no ${what} given`, how)
  return setting
}

function resolveServer(flags: RunFlags, env: Context['env'], ci: CiJob | undefined): Setting<ServerUrl> {
  const typed = fromFlag('--server', flags.server) ?? fromEnv(env, 'GITLAB_TRIGGER_SERVER')
  const server = need(
    typed ? { value: parseServerUrl(typed.value, typed.origin), origin: typed.origin } : ci?.server,
    'server',
    'Use --server https://gitlab.example.com, or set GITLAB_TRIGGER_SERVER.',
  )
  const { value, origin } = server
  if (!value.isHttps && !value.isLoopback && !flags.allowHttp) {
    throw usageError(
      `${origin}: plain http would show the token to everybody on the way to ${value.base}`,
      'Use https, or add --allow-http if that network is your own.',
    )
  }
  return server
}

function resolveRef(flags: RunFlags, env: Context['env']): Setting<string> {
  const ref = need(
    fromFlag('--ref', flags.ref) ?? fromEnv(env, 'GITLAB_TRIGGER_REF'),
    'ref',
    'Use --ref with a branch or tag, or set GITLAB_TRIGGER_REF.',
  )
  if (ref.value.trim() === '') throw usageError(`${ref.origin}: the ref is blank`, 'Give a branch or tag.')
  // git itself allows none of these in a name, and GitLab answers 400 text to some of them.
  if (/[\s\p{Cc}\uFFFD]/u.test(ref.value) || !ref.value.isWellFormed()) {
    throw usageError(`${ref.origin}: the ref holds a blank or a control character`, 'Give a branch or tag.')
  }
  return ref
}

function resolveApi(flags: RunFlags): Setting<Api> {
  const api = fromFlag('--api', flags.api) ?? { value: 'auto', origin: builtIn }
  if (api.value !== 'v4' && api.value !== 'v3' && api.value !== 'auto') {
    throw usageError(`--api: "${api.value.slice(0, 20)}" is not one of v4, v3, auto`)
  }
  return { value: api.value, origin: api.origin }
}

/** Whether a server is the one whose job we run in: same scheme, host, port and path prefix. */
function isOwnServer(server: ServerUrl, ci: CiJob | undefined): boolean {
  return ci?.server?.value.base === server.base
}

/**
 * The job's own token, offered only for the server that the job belongs to (promise G3). Refuses (exit 14) to fall back on
 * it for another server when `isNeeded`.
 */
function resolveJobToken(
  server: Setting<ServerUrl>,
  ci: CiJob | undefined,
  context: Context,
  isNeeded: boolean,
): Setting<Secret> | undefined {
  if (!ci?.jobToken) return undefined
  const token = context.secrets.keep(ci.jobToken.value)
  if (isOwnServer(server.value, ci)) return { value: token, origin: ci.jobToken.origin }
  if (!isNeeded) return undefined
  throw configError(
    `no token given, and CI_JOB_TOKEN is good for ${ci.server?.value.base ?? 'the own server of this job'} only, not for ${server.value.base} (from ${server.origin})`,
    'Give a trigger token of that server: GITLAB_TRIGGER_TOKEN or --token-file.',
  )
}

/**
 * The settings of one run: flags, then environment, then what CI provides, then what is built in. Reads the files and the
 * standard input that flags name. Throws usage errors (exit 2) and configuration errors (exit 14); nothing was sent then.
 */
export async function resolveSettings(
  flags: RunFlags,
  context: Context,
  signal: AbortSignal,
): Promise<Settings> {
  const { env } = context
  const ci = readCiJob(env)
  const server = resolveServer(flags, env, ci)
  const project = need(
    fromFlag('--project', flags.project) ?? fromEnv(env, 'GITLAB_TRIGGER_PROJECT'),
    'project',
    'Use --project with its number or path, or set GITLAB_TRIGGER_PROJECT.',
  )
  const ref = resolveRef(flags, env)
  const api = resolveApi(flags)
  const inputs = collectInputs(flags)
  if (api.value === 'v3' && inputs.length > 0) {
    throw usageError('--input: inputs came with GitLab 17.11; API v3 has none', 'Use --var, or --api v4.')
  }
  const readStdin: ReadStdin = stdinOnce(context, signal)
  const ownToken = await resolveToken(flags, context, readStdin)
  const isTokenNeeded = ownToken === undefined && !flags.curl
  const jobToken = resolveJobToken(server, ci, context, isTokenNeeded)
  const token = ownToken ?? jobToken
  if (isTokenNeeded && token === undefined) {
    throw usageError('no token given', 'Set GITLAB_TRIGGER_TOKEN, or use --token-file PATH or --token-stdin.')
  }
  const caFile = isOwnServer(server.value, ci) && server.value.isHttps ? ci?.caFile : undefined
  return {
    server,
    project: { value: parseProject(project.value, project.origin), origin: project.origin },
    ref,
    token,
    api,
    variables: await collectVariables(flags, context, readStdin),
    inputs,
    ca: caFile && (await readCa(caFile)),
    apiToken: await resolveApiToken(flags, context),
    jobToken,
  }
}
