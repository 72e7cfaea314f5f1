import type { Context } from '../core/context.ts'
import { defaultRetries, defaultTimeoutMs } from '../core/defaults.ts'
import { usageError } from '../core/errors.ts'
import { parseDuration } from './duration.ts'
import type { RunFlags } from '../options/run.ts'
import { asConfigError, firstIn, mergedMap, type ConfigNode } from './layers.ts'
import { builtIn, fromEnv, fromFlag, type Setting } from './setting.ts'
import { encodeInput, type Input } from './variables/inputs.ts'
import { checkKey, checkValue, type Variable } from './variables/variable.ts'
import { quotedWord } from '../core/text/shown-word.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

/** The API version to use; `auto` means the newest that the server has. */
export type Api = 'v4' | 'v3' | 'auto'

/** The time limit of a run. Throws usage and configuration errors, as all functions here do. */
export function resolveTimeout(
  flags: Pick<RunFlags, 'timeout'>,
  nodes: readonly ConfigNode[],
): Setting<number> {
  const typed = fromFlag('--timeout', flags.timeout)
  if (typed) return { value: parseDuration(typed.value, '--timeout'), origin: typed.origin }
  const set = firstIn(nodes, 'timeout')
  if (!set) return { value: defaultTimeoutMs, origin: builtIn }
  return {
    value: asConfigError(() => parseDuration(String(set.value), `${set.origin} timeout`)),
    origin: set.origin,
  }
}

/** How often to repeat a trigger that provably created nothing. */
export function resolveRetry(flags: Pick<RunFlags, 'retry'>, nodes: readonly ConfigNode[]): Setting<number> {
  const typed = fromFlag('--retry', flags.retry)
  if (!typed) return firstIn(nodes, 'retry') ?? { value: defaultRetries, origin: builtIn }
  if (!/^\d{1,2}$|^100$/.test(typed.value))
    throw wrongValue('--retry', typed.value, 'not a whole number from 0 to 100')
  return { value: Number(typed.value), origin: typed.origin }
}

/** The API version to use. */
export function resolveApi(flags: Pick<RunFlags, 'api'>, nodes: readonly ConfigNode[]): Setting<Api> {
  const api = fromFlag('--api', flags.api)
  if (!api) return firstIn(nodes, 'api') ?? { value: 'auto', origin: builtIn }
  if (api.value !== 'v4' && api.value !== 'v3' && api.value !== 'auto') {
    throw wrongValue('--api', api.value, 'not one of v4, v3, auto')
  }
  return { value: api.value, origin: api.origin }
}

/** Throws a usage error for a ref that git does not allow. GitLab may answer it with a bare 400. */
function parseRef(ref: Setting<string>): Setting<string> {
  if (ref.value.trim() === '') throw usageError(`${ref.origin}: the ref is blank`, 'Give a branch or tag.')
  if (/[\s\x00-\x1f\x7f-\x9f]/.test(ref.value)) {
    throw usageError(
      `${ref.origin}: the ref${quotedWord(ref.value)} holds a blank or a control character`,
      'Give a branch or tag.',
    )
  }
  if (ref.value.includes('\uFFFD') || !ref.value.isWellFormed()) {
    throw usageError(`${ref.origin}: the ref is not valid UTF-8`, 'Give a branch or tag.')
  }
  return ref
}

/** The branch or tag, from flag, environment or config. */
export function resolveRef(
  flags: Pick<RunFlags, 'ref'>,
  env: Context['env'],
  nodes: readonly ConfigNode[],
): Setting<string> | undefined {
  const given = fromFlag('--ref', flags.ref) ?? fromEnv(env, 'GITLAB_TRIGGER_REF')
  if (given) return parseRef(given)
  const set = firstIn(nodes, 'ref')
  return (
    set && asConfigError(() => ({ ...parseRef({ ...set, origin: `${set.origin} ref` }), origin: set.origin }))
  )
}

/** The variables in config files; typed ones are added later. */
export function resolveVariables(nodes: readonly ConfigNode[]): Variable[] {
  return [...mergedMap(nodes, 'variables')].map(([key, { value, origin }]) =>
    asConfigError(() => {
      checkKey(key, origin)
      checkValue(value, `${origin} variables.${key}`)
      return { key, value, origin, source: { kind: 'data' } }
    }),
  )
}

/** The inputs in config files; typed ones are added later. */
export function resolveInputs(nodes: readonly ConfigNode[]): Input[] {
  return [...mergedMap(nodes, 'inputs')].map(([key, { value, origin }]) =>
    asConfigError(() => {
      const text = encodeInput(value)
      checkValue(text, `${origin} inputs.${key}`)
      return { key, value: text, origin }
    }),
  )
}
