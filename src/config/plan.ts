import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'
import { readCiJob, type CiJob } from './server/ci.ts'
import { parseDuration } from './duration.ts'
import { findConfig, type Config } from './files/find-config.ts'
import type { RunFlags } from '../options/run.ts'
import type { ConfigFlags } from '../options/shared.ts'
import { planFollow, type FollowPlan, type FollowPlanFlags } from './follow-plan.ts'
import { encodeInput, type Input } from './variables/inputs.ts'
import {
  firstIn,
  asConfigError,
  mergedExitCodes,
  mergedMap,
  recipeChain,
  settingAt,
  type ConfigNode,
} from './layers.ts'
import { resolveProject, resolveServer } from './project/project-choice.ts'
import type { ServerChoice, ServerFlags } from './server/server-choice.ts'
import { builtIn, fromEnv, fromFlag, type Setting } from './setting.ts'
import type { Recipe } from './schema/shape.ts'
import { checkKey, checkValue, type Variable } from './variables/variable.ts'

/** The API version to use; `auto` means the newest that the server has. */
export type Api = 'v4' | 'v3' | 'auto'

/** What one trigger of a run is for, as flags, environment, files and CI say. No secret has been read yet. */
export interface TriggerTarget {
  server: ServerChoice | undefined
  project: Setting<string> | undefined
  ref: Setting<string> | undefined
  api: Setting<Api>
  /** From config files only; typed variables are added later. */
  variables: Variable[]
  inputs: Input[]
}

/** The resolved settings of a run, before secrets are read. */
export interface Plan {
  config: Config
  ci: CiJob | undefined
  recipe: string | undefined
  targets: TriggerTarget[]
  /** The time limit for the whole run, in ms. */
  timeout: Setting<number>
  jobs: Setting<boolean>
  follow: FollowPlan
  /** How often to repeat a trigger that provably created nothing. */
  retry: Setting<number>
  /** Replacements for exit codes, by the original code. */
  exitCodes: ReadonlyMap<string, Setting<number>>
}

/** The flags that a plan is resolved from. */
export type PlanFlags = ConfigFlags &
  ServerFlags &
  FollowPlanFlags &
  Pick<RunFlags, 'project' | 'ref' | 'api' | 'timeout' | 'retry' | 'jobs'>

/** Longer than GitLab's limit of 60 s per request, so that an unknown outcome is rare (guarantees 14.1). */
const defaultTimeoutMs = 90_000
const defaultRetries = 3

function resolveTimeout(flags: PlanFlags, nodes: readonly ConfigNode[]): Setting<number> {
  const typed = fromFlag('--timeout', flags.timeout)
  if (typed) return { value: parseDuration(typed.value, '--timeout'), origin: typed.origin }
  const set = firstIn(nodes, 'timeout')
  if (!set) return { value: defaultTimeoutMs, origin: builtIn }
  return {
    value: asConfigError(() => parseDuration(String(set.value), `${set.origin} timeout`)),
    origin: set.origin,
  }
}

function resolveRetry(flags: PlanFlags, nodes: readonly ConfigNode[]): Setting<number> {
  const typed = fromFlag('--retry', flags.retry)
  if (!typed) return firstIn(nodes, 'retry') ?? { value: defaultRetries, origin: builtIn }
  if (!/^\d{1,2}$|^100$/.test(typed.value)) throw usageError('--retry: not a whole number from 0 to 100')
  return { value: Number(typed.value), origin: typed.origin }
}

function resolveApi(flags: PlanFlags, nodes: readonly ConfigNode[]): Setting<Api> {
  const api = fromFlag('--api', flags.api)
  if (!api) return firstIn(nodes, 'api') ?? { value: 'auto', origin: builtIn }
  if (api.value !== 'v4' && api.value !== 'v3' && api.value !== 'auto') {
    throw usageError(`--api: "${api.value.slice(0, 20)}" is not one of v4, v3, auto`)
  }
  return { value: api.value, origin: api.origin }
}

/** Throws a usage error for a ref that git does not allow. GitLab may answer it with a bare 400. */
function parseRef(ref: Setting<string>): Setting<string> {
  if (ref.value.trim() === '') throw usageError(`${ref.origin}: the ref is blank`, 'Give a branch or tag.')
  if (/[\s\p{Cc}]/u.test(ref.value)) {
    throw usageError(`${ref.origin}: the ref holds a blank or a control character`, 'Give a branch or tag.')
  }
  if (ref.value.includes('\uFFFD') || !ref.value.isWellFormed()) {
    throw usageError(`${ref.origin}: the ref is not valid UTF-8`, 'Give a branch or tag.')
  }
  return ref
}

function resolveRef(
  flags: PlanFlags,
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

function resolveVariables(nodes: readonly ConfigNode[]): Variable[] {
  return [...mergedMap(nodes, 'variables')].map(([key, { value, origin }]) =>
    asConfigError(() => {
      checkKey(key, origin)
      checkValue(value, origin)
      return { key, value, origin, source: { kind: 'data' } }
    }),
  )
}

function resolveInputs(nodes: readonly ConfigNode[]): Input[] {
  return [...mergedMap(nodes, 'inputs')].map(([key, { value, origin }]) =>
    asConfigError(() => {
      const text = encodeInput(value)
      checkValue(text, origin)
      return { key, value: text, origin }
    }),
  )
}

/** The target mappings of a recipe. If it has none, one target without a mapping. */
function targetsOf(recipes: readonly ConfigNode<Recipe>[]): (ConfigNode | undefined)[] {
  const owner = recipes.find(({ data }) => data.targets !== undefined)
  const list = owner?.data.targets
  if (!owner || !list) return [undefined]
  return list.map((data, at) => ({
    file: owner.file,
    keys: [...owner.keys, 'targets', String(at)],
    data,
  }))
}

/**
 * Resolves the settings of a run, each with its origin. Precedence: flags, environment, recipe, server entry,
 * file, CI variables, defaults. Reads config files only. Throws usage errors (exit 2) and configuration
 * errors (exit 14).
 */
export async function resolvePlan(
  flags: PlanFlags,
  recipe: string | undefined,
  context: Context,
  nearCommand?: string,
): Promise<Plan> {
  const { env } = context
  const config = await findConfig(flags, context)
  const ci = readCiJob(env)
  // The recipe name may be a mistyped command, hence `nearCommand`.
  const recipes = recipe === undefined ? [] : recipeChain(config, recipe, nearCommand)
  const server = resolveServer(flags, env, config, recipes, ci)
  const files = config.files.map((file): ConfigNode => ({ file, keys: [], data: file.data }))
  const common: ConfigNode[] = [...recipes, ...(server?.entry ? [server.entry] : []), ...files]
  const targets = targetsOf(recipes).map((targetNode): TriggerTarget => {
    const nodes = targetNode ? [targetNode, ...common] : common
    return {
      server,
      project: resolveProject(flags, env, nodes, server),
      ref: resolveRef(flags, env, nodes),
      api: resolveApi(flags, nodes),
      variables: resolveVariables(nodes),
      inputs: resolveInputs(nodes),
    }
  })
  const jobs = recipes.map((node) => settingAt(node, 'jobs')).find((found) => found !== undefined)
  return {
    config,
    ci,
    recipe,
    targets,
    timeout: resolveTimeout(flags, common),
    follow: planFollow(flags, recipes, server?.value),
    jobs: fromFlag('--jobs', flags.jobs) ?? jobs ?? { value: false, origin: builtIn },
    retry: resolveRetry(flags, common),
    exitCodes: mergedExitCodes(recipes),
  }
}
