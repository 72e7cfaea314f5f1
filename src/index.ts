import { startBudget, type Budget } from './core/budget.ts'
import type { Build } from './core/build.ts'
import { encodeInput } from './config/variables/inputs.ts'
import { projectFrom } from './config/project/project.ts'
import { parseToken } from './config/credentials/parse-token.ts'
import { parseServerUrl } from './config/server/server-url.ts'
import { checkKey, checkLimits, checkValue } from './config/variables/variable.ts'
import { realTime } from './platform/clock.ts'
import { TriggerError, usageError } from './core/errors.ts'
import { isJobToken } from './core/token-kind.ts'
import { failedAtOnce } from './gitlab/errors/explain.ts'
import type { PostOptions } from './http/retry/post.ts'
import { postTrigger } from './gitlab/trigger/trigger.ts'
import { SecretRegistry } from './core/secret.ts'

export type { Build, BuildState } from './core/build.ts'
export { TriggerError } from './core/errors.ts'
export type { ExitName } from './core/exit-codes.ts'

/** A value of a pipeline input (GitLab 17.11). */
export type InputValue = string | number | boolean | readonly unknown[]

/** What to trigger. Nothing is taken from the environment or from files. */
export interface TriggerOptions {
  /** The server's URL, as https://gitlab.example.com; a path prefix is kept. */
  server: string
  /** The project's number, its full path or the URL of its page. */
  project: number | string
  /** A branch or tag. */
  ref: string
  /** A trigger token of that project. */
  token: string
  variables?: Readonly<Record<string, string>>
  inputs?: Readonly<Record<string, InputValue>>
  /** Default: `auto`, v4 and v3 where there is no v4. */
  api?: 'v4' | 'v3' | 'auto'
  /** The limit for all of it, in ms; default 90,000. */
  timeoutMs?: number
  /** How often to repeat what was provably not sent or was rate limited; default 3. */
  retry?: number
  /** Allows plain http to a host that is not this machine. */
  allowHttp?: boolean
  /** PEM text of a further authority to trust. */
  ca?: string
  /** Stops everything at once; the error says what is true about the build then. */
  signal?: AbortSignal
}

/** A build that was triggered. */
export interface TriggerResult extends Build {
  /** The server's base URL. */
  server: string
  /** The API that made it. */
  api: 'v3' | 'v4'
}

const defaultTimeoutMs = 90_000

/**
 * Triggers one build, as the command does: one POST, never repeated, no redirect followed. Throws a TriggerError for everything but a
 * build that exists and has not failed; its `build` says what is true about the build, `exitCode` and `hint` what to do.
 */
export async function trigger(options: TriggerOptions): Promise<TriggerResult> {
  const secrets = new SecretRegistry()
  const { api = 'auto', timeoutMs = defaultTimeoutMs, variables = {}, inputs = {} } = options
  const server = parseServerUrl(options.server, 'server')
  if (!server.isHttps && !server.isLoopback && !options.allowHttp) {
    throw usageError('server: plain http would show the token to everybody on the way', 'Use https.')
  }
  if (options.ref.trim() === '') throw usageError('ref: it is blank', 'Give a branch or tag.')
  const order = {
    base: server.base,
    project: projectFrom(String(options.project), 'project', server.base),
    ref: options.ref,
    token: secrets.keep(parseToken(options.token, 'token', 'token')),
    tokenOrigin: 'the option token',
    isJobToken: isJobToken(options.token, {}),
    api,
    variables: variableList(variables),
    inputs: Object.entries(inputs).map(([key, value]) => ({
      key,
      value: encodeInput(value),
    })),
  }
  checkLimits(order.variables, order.inputs)
  const interrupted = options.signal ?? new AbortController().signal
  const budget = startBudget({ ...realTime, interrupted }, timeoutMs)
  try {
    // The same two steps as `run` takes: the only POST, and the refusal of a build that GitLab has created as failed.
    const { build, dialect } = await postTrigger(order, postOptions(options, budget))
    if (build.status === 'failed') throw failedAtOnce(build)
    return { ...build, server: server.base, api: dialect.name }
  } catch (error) {
    throw error instanceof TriggerError ? redacted(error, secrets) : error
  } finally {
    budget.end()
  }
}

function variableList(variables: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(variables).map(([key, value]: [string, unknown]) => {
    checkKey(key, 'variables')
    if (typeof value !== 'string') throw usageError(`variables: the value of ${key} is not a string`)
    checkValue(value, `variables: ${key}`)
    return { key, value }
  })
}

/** How the POST is sent: retried as the command does by default. */
function postOptions({ ca, retry = 3 }: TriggerOptions, { signal, deadline }: Budget): PostOptions {
  return {
    way: { ca },
    signal,
    timing: { ...realTime, sleep: (ms) => realTime.sleep(ms, signal), deadline },
    policy: { retries: retry, ambiguous: false },
    listen: () => undefined,
    pausing: () => undefined,
  }
}

/** Removes the token from an error: a server may repeat it in its text. */
function redacted(error: TriggerError, secrets: SecretRegistry): TriggerError {
  return error.with({
    message: secrets.redact(error.message),
    hint: secrets.redact(error.hint),
    // It holds the answer as the server sent it.
    cause: undefined,
  })
}
