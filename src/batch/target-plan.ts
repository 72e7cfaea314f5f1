import type { Config } from '../config/files/find-config.ts'
import type { ConfigNode } from '../config/layers.ts'
import { planFrom, type Plan } from '../config/plan.ts'
import type { Recipe } from '../config/schema/shape.ts'
import { tokenKeys } from '../config/schema/token-keys.ts'
import { settingsOf, type Settings, type SharedReads } from '../config/settings.ts'
import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'
import type { RunFlags } from '../options/run.ts'
import type { BatchTarget } from './batch-target.ts'

/** What the targets of a batch have in common. */
export interface TargetDefaults {
  /** Flags of `run`: for each target that does not say otherwise. */
  flags: RunFlags
  /** The mapping that counts less than flags and environment. */
  node: ConfigNode<Recipe> | undefined
  config: Config
  reads: SharedReads
}

/** Keys of a target that are flags too, and keep the environment from counting. */
const likeFlags = [
  'server',
  'project',
  'ref',
  'api',
  'timeout',
  'retry',
  'jobs',
  'onManual',
  'play',
  'allowSkipped',
  'failOnWarnings',
  'queueTimeout',
  'runTimeout',
  'reportTimeout',
  'progress',
  'logs',
  'cancelOnTimeout',
] as const satisfies (keyof Recipe & keyof RunFlags)[]

const variableOf = {
  server: ['GITLAB_TRIGGER_SERVER'],
  project: ['GITLAB_TRIGGER_PROJECT'],
  ref: ['GITLAB_TRIGGER_REF'],
} as const

/** Flags and environment without what the mappings of a target set: for a batch they are defaults. */
function asDefaults(
  flags: RunFlags,
  context: Context,
  nodes: readonly ConfigNode<Recipe>[],
): { flags: RunFlags; context: Context } {
  const sets = (key: keyof Recipe): boolean => nodes.some(({ data }) => data[key] !== undefined)
  const left: RunFlags = { ...flags }
  const env = { ...context.env }
  for (const key of likeFlags) if (sets(key)) delete left[key]
  for (const key of ['server', 'project', 'ref'] as const)
    if (sets(key)) for (const name of variableOf[key]) delete env[name]
  if (sets('follow') || sets('wait')) {
    delete left.follow
    delete left.wait
  }
  if (!tokenKeys.some(sets)) return { flags: left, context: { ...context, env } }
  delete left.token
  delete left.tokenFile
  delete left.tokenStdin
  delete env['GITLAB_TRIGGER_TOKEN']
  delete env['GITLAB_TRIGGER_TOKEN_FILE']
  return { flags: left, context: { ...context, env } }
}

/** What a target's settings are made of. */
export interface TargetPlan {
  plan: Plan
  /** The flags that hold for it. */
  flags: RunFlags
  settings: Settings
}

/**
 * The plan and the settings of one target. One that others need is followed to its end: `isNeeded`. Throws usage errors (exit 2) and configuration
 * errors (exit 14).
 */
export async function planTarget(
  target: BatchTarget,
  isNeeded: boolean,
  defaults: TargetDefaults,
  context: Context,
): Promise<TargetPlan> {
  const nodes = target.node ? [target.node, ...target.recipes] : target.recipes
  const typed = { ...defaults.flags, ...target.flags }
  const own = nodes.length === 0 ? { flags: typed, context } : asDefaults(typed, context, nodes)
  const below = defaults.node ? [defaults.node] : []
  const chosen = { recipe: target.recipe, recipes: nodes, below }
  const planned = planFrom(defaults.config, own.flags, chosen, own.context)
  const { follow } = planned
  const plan: Plan =
    isNeeded && follow.mode.value === 'no'
      ? { ...planned, follow: { ...follow, mode: { value: 'wait', origin: 'targets that need it' } } }
      : planned
  const isTyped = (kind: 'variables' | 'inputs', key: string): boolean =>
    nodes.every(({ data }) => !Object.hasOwn(data[kind] ?? {}, key))
  const [settings] = await settingsOf(plan, own.flags, own.context, defaults.reads, isTyped)
  if (!settings) throw usageError(`${target.name}: nothing to trigger`)
  return { plan, flags: own.flags, settings }
}
