import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { readCiJob, type CiJob } from './server/ci.ts'
import { findConfig, type Config } from './files/find-config.ts'
import type { ExitCodePolicy } from './exit-code-policy.ts'
import type { RunFlags } from '../options/run.ts'
import type { ConfigFlags } from '../options/shared.ts'
import { planFollow, type FollowPlan, type FollowPlanFlags } from './follow-plan.ts'
import type { Input } from './variables/inputs.ts'
import {
  mergedExitCodes,
  projectEntry,
  recipeChain,
  settingAt,
  type ConfigNode,
  type ProjectNames,
} from './layers.ts'
import {
  resolveApi,
  resolveInputs,
  resolveRef,
  resolveRetry,
  resolveTimeout,
  resolveVariables,
  type Api,
} from './plan-values.ts'
import { resolveProject, resolveServer } from './project/project-choice.ts'
import type { ServerChoice, ServerFlags } from './server/server-choice.ts'
import { builtIn, fromFlag, type Setting } from './setting.ts'
import type { Recipe } from './schema/config-keys.ts'
import { targetTokens, type TokenNode } from './credentials/target-tokens.ts'
import type { Variable } from './variables/variable.ts'

/** What one trigger of a run is for, as flags, environment, files and CI say. No secret has been read yet. */
export interface TriggerTarget {
  server: ServerChoice | undefined
  project: Setting<string> | undefined
  ref: Setting<string> | undefined
  api: Setting<Api>
  /** From config files only; typed variables are added later. */
  variables: Variable[]
  inputs: Input[]
  /** The mappings of the config that say where its trigger token comes from; the first counts. */
  tokens: TokenNode[]
  /** The same over this project. `known` are names of it, as its server has told them: the config may name it by either. */
  over(project: Setting<string>, known?: ProjectNames): TriggerTarget
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
  exitCodes: ExitCodePolicy
}

/** The flags that a plan is resolved from. */
export type PlanFlags = ConfigFlags &
  ServerFlags &
  FollowPlanFlags &
  Pick<RunFlags, 'project' | 'ref' | 'api' | 'timeout' | 'retry' | 'jobs'>

/** Names for this many targets of a recipe: `site`, or `site.1`, `site.2`. */
export const targetNames = (name: string, count: number): string[] =>
  count === 1 ? [name] : Array.from({ length: count }, (_, at) => `${name}.${at + 1}`)

/** The target mappings of a recipe. If it has none, one target without a mapping. */
function targetsOf(recipes: readonly ConfigNode<Recipe>[]): (ConfigNode<Recipe> | undefined)[] {
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
 * errors (exit 14), which name the command for which the recipe was typed.
 */
export async function resolvePlan(
  flags: PlanFlags,
  recipe: string | undefined,
  context: Context,
  nearCommand?: string,
  command = 'run',
): Promise<Plan> {
  const config = await findConfig(flags, context)
  try {
    // The recipe name may be a mistyped command: that is what `nearCommand` is for.
    const recipes = recipe === undefined ? [] : recipeChain(config, recipe, nearCommand, command)
    const plan = planFrom(config, flags, { recipe, recipes, below: [] }, context)
    if (plan.targets.some(({ server, project }) => !server || !project)) refuseUnseen(config)
    return plan
  } catch (error) {
    if (error instanceof TriggerError && error.exit === 'configRefused') refuseUnseen(config)
    throw error
  }
}

/** Throws the error of a home folder that may not be searched: something is missing that may be in its config file. */
export function refuseUnseen({ unseen }: Config): void {
  if (unseen) throw unseen
}

/** The mappings that say what to trigger. */
interface PlanNodes {
  /** The name of the recipe. */
  recipe: string | undefined
  /** The recipe and those that it extends; first the one that counts first. */
  recipes: readonly ConfigNode<Recipe>[]
  /** Mappings that count less than the environment. */
  below: readonly ConfigNode<Recipe>[]
  /** Those among them that stand in the plan of a batch. */
  planned?: readonly ConfigNode<Recipe>[]
}

/**
 * Resolves the settings of a run, each with its origin, from flags, the environment, these mappings and the config files. Throws as
 * `resolvePlan`.
 */
export function planFrom(
  config: Config,
  flags: PlanFlags,
  { recipe, recipes: ofRecipe, below, planned = [] }: PlanNodes,
  { env }: Pick<Context, 'env'>,
): Plan {
  const ci = readCiJob(env)
  const recipes = [...ofRecipe, ...below]
  const files = config.files.map((file): ConfigNode => ({ file, keys: [], data: file.data }))
  const targets = targetsOf(recipes).map((node): TriggerTarget => {
    const own = node ? [node, ...recipes] : recipes
    const server = resolveServer(flags, env, config, own, ci)
    const above: ConfigNode[] = [...(server?.entry ? [server.entry] : []), ...files]
    const project = resolveProject(flags, env, [...own, ...above], server)
    const over = (project: Setting<string> | undefined, known?: ProjectNames): TriggerTarget => {
      const entry = server?.entry && project && projectEntry(server.entry, project.value, known)
      const nodes: ConfigNode[] = [...own, ...(entry ? [entry] : []), ...above]
      return {
        server,
        project,
        ref: resolveRef(flags, env, nodes),
        api: resolveApi(flags, nodes),
        variables: resolveVariables(nodes),
        inputs: resolveInputs(nodes),
        tokens: targetTokens({ recipes: own, server, project, entry, planned, config, above }),
        over,
      }
    }
    return over(project)
  })
  const server = targets[0]?.server
  const common: ConfigNode[] = [...recipes, ...(server?.entry ? [server.entry] : []), ...files]
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
