import { startBudget, type Budget } from '../core/budget.ts'
import type { Build } from '../core/build.ts'
import { encodeInput } from '../config/variables/inputs.ts'
import { projectFrom } from '../config/project/project.ts'
import { defaultRetries, defaultTimeoutMs } from '../core/defaults.ts'
import { parseToken } from '../config/credentials/parse-token.ts'
import { checkKey, checkLimits, checkValue } from '../config/variables/variable.ts'
import { realTime } from '../platform/clock.ts'
import { usageError } from '../core/errors.ts'
import { isJobToken } from '../core/token-kind.ts'
import { failedAtOnce } from '../gitlab/errors/explain.ts'
import type { PostOptions } from '../http/retry/post.ts'
import { postTrigger } from '../gitlab/trigger/trigger.ts'
import { SecretRegistry } from '../core/secret.ts'
import { findMistakes } from './check-options.ts'
import { triggerTable } from './option-table.ts'
import type { TriggerOptions } from './options.ts'
import { publicError } from './public-error.ts'
import { serverOf } from './server.ts'
import { transportOf } from './transport.ts'
import { stopSignal, type StopSignal } from './stop-signal.ts'

/** A pipeline that was triggered. */
export interface TriggerResult extends Build {
  /** The server's base URL. */
  server: string
  /** The API that made it. */
  api: 'v3' | 'v4'
}

/**
 * Triggers one pipeline, as the command does: no redirect is followed, and the POST is sent again only where it provably created nothing (`retry`). Throws a
 * TriggerError for everything but a pipeline that exists and has not failed; its `build` says whether a pipeline was created, `exitCode` and `hint` what
 * to do. Options that are wrong are all named in one (exit `usage`), before anything is sent.
 */
export async function trigger(options: TriggerOptions): Promise<TriggerResult> {
  const mistakes = findMistakes(options, triggerTable, ['server', 'project', 'ref', 'token'])
  if (mistakes) throw mistakes
  const secrets = new SecretRegistry()
  let stopping: StopSignal | undefined
  let budget: Budget | undefined
  try {
    const { api = 'auto', timeoutMs = defaultTimeoutMs, variables = {}, inputs = {} } = options
    const token = secrets.keep(parseToken(options.token, 'token', 'token'))
    const server = serverOf(options)
    const { base } = server
    const transport = transportOf(options, server, secrets)
    if (options.ref.trim() === '') throw usageError('ref: it is blank', 'Give a branch or tag.')
    const order = {
      base,
      project: projectFrom(String(options.project), 'project', base),
      ref: options.ref,
      token,
      tokenOrigin: 'the option token',
      isJobToken: isJobToken(options.token, {}),
      api,
      variables: variableList(variables),
      inputs: Object.entries(inputs).map(([key, value]) => ({ key, value: encodeInput(value) })),
    }
    checkLimits(order.variables, order.inputs)
    stopping = stopSignal(options.signal)
    budget = startBudget({ ...realTime, interrupted: stopping.signal }, timeoutMs)
    // The same two steps as `run` takes: the only POST, and the refusal of a pipeline that GitLab has created as failed.
    const { build, dialect } = await postTrigger(order, postOptions(options, transport, budget))
    if (build.status === 'failed') throw failedAtOnce(build)
    return { ...build, server: base, api: dialect.name }
  } catch (error) {
    throw publicError(error, secrets)
  } finally {
    budget?.end()
    stopping?.end()
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
function postOptions(
  { retry = defaultRetries }: TriggerOptions,
  { ca, certificate, proxy }: ReturnType<typeof transportOf>,
  { signal, deadline }: Budget,
): PostOptions {
  return {
    way: { ca: ca?.value, certificate, proxy: proxy?.value },
    signal,
    timing: { ...realTime, sleep: (ms) => realTime.sleep(ms, signal), deadline },
    policy: { retries: retry, ambiguous: false },
    listen: () => undefined,
    pausing: () => undefined,
  }
}
