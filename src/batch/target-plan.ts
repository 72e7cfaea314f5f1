import type { Config } from '../config/files/find-config.ts'
import type { ConfigNode } from '../config/layers.ts'
import { policyKeys } from '../config/follow-keys.ts'
import { planFrom, type Plan } from '../config/plan.ts'
import { mayBeNamedOtherwise } from '../config/project/other-name.ts'
import type { Recipe } from '../config/schema/config-keys.ts'
import { tokenKeys } from '../config/schema/token-keys.ts'
import { settingsOf, type Settings } from '../config/settings.ts'
import type { SharedReads } from '../config/shared-reads.ts'
import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'
import { keysOf } from '../core/keys-of.ts'
import { omit } from '../core/omit.ts'
import type { Reporter } from '../events.ts'
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
  /** Flags and environment are no defaults: they count first. */
  hasOverridingFlags: boolean
  /** Reports the requests by which servers are asked for the names of projects; undefined: none is asked. */
  ask: Reporter | undefined
}

/** Keys of a target that are flags too, and keep these and the environment from counting. */
const likeFlags = [
  'server',
  'project',
  'ref',
  'api',
  'timeout',
  'retry',
  'jobs',
  ...policyKeys,
] as const satisfies (keyof Recipe & keyof RunFlags)[]

const variableOf = {
  server: 'GITLAB_TRIGGER_SERVER',
  project: 'GITLAB_TRIGGER_PROJECT',
  ref: 'GITLAB_TRIGGER_REF',
} as const

/** Flags, and a context whose environment goes with them. */
interface TypedDefaults {
  flags: RunFlags
  context: Context
}

/** Keys that decide which flags and variables of the environment do not count. */
const deciding = [...likeFlags, 'follow', 'wait', ...tokenKeys] as const

/** What `asDefaults` has made, by the keys that are set: the targets of a batch set the same few. */
const known = new WeakMap<TargetDefaults, Map<string, TypedDefaults>>()

/** Flags and environment without what the mappings of a target set: for a batch they are defaults. */
function typedDefaults(
  nodes: readonly ConfigNode<Recipe>[],
  defaults: TargetDefaults,
  context: Context,
): TypedDefaults {
  if (nodes.length === 0) return { flags: defaults.flags, context }
  const set = deciding.filter((key) => nodes.some(({ data }) => data[key] !== undefined))
  const made = known.get(defaults) ?? new Map<string, TypedDefaults>()
  known.set(defaults, made)
  const found = made.get(set.join()) ?? asDefaults(defaults.flags, context, new Set(set))
  made.set(set.join(), found)
  return found
}

function asDefaults(flags: RunFlags, context: Context, set: ReadonlySet<string>): TypedDefaults {
  const hasMode = set.has('follow') || set.has('wait')
  const hasToken = tokenKeys.some((key) => set.has(key))
  const left: RunFlags = omit(flags, [
    ...likeFlags.filter((key) => set.has(key)),
    ...(hasMode ? (['follow', 'wait'] as const) : []),
    ...(hasToken ? (['token', 'tokenFile', 'tokenStdin'] as const) : []),
  ])
  const env = omit(context.env, [
    ...keysOf(variableOf).flatMap((key) => (set.has(key) ? [variableOf[key]] : [])),
    ...(hasToken ? ['GITLAB_TRIGGER_TOKEN', 'GITLAB_TRIGGER_TOKEN_FILE'] : []),
  ])
  return { flags: left, context: { ...context, env } }
}

/** What a target's settings are made of. */
export interface TargetPlan {
  plan: Plan
  /** The flags that hold for it. */
  flags: RunFlags
  settings: Settings
}

/** The plan in which the entries of projects are found that the config names otherwise. Most need no such search, and do not load it. */
async function withProjectEntries(
  plan: Plan,
  { flags, context }: TypedDefaults,
  ask: Reporter | undefined,
): Promise<Plan> {
  if (!plan.targets.some((target) => mayBeNamedOtherwise(target, flags, context))) return plan
  const { findProjectEntries } = await import('../trigger/known-projects.ts')
  return findProjectEntries(plan, flags, context, ask)
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
  const { hasOverridingFlags } = defaults
  const common = hasOverridingFlags
    ? { flags: defaults.flags, context }
    : typedDefaults(nodes, defaults, context)
  // An object of a hundred flags for each of thousands of targets would cost more than all that is done with it.
  const hasOwnFlags = Object.keys(target.flags).length > 0
  const own = hasOwnFlags ? { ...common, flags: { ...common.flags, ...target.flags } } : common
  const below = defaults.node ? [defaults.node] : []
  const planned = [...(target.node ? [target.node] : []), ...below]
  const chosen = { recipe: target.recipe, recipes: nodes, below, planned }
  const whole = await withProjectEntries(
    planFrom(defaults.config, own.flags, chosen, own.context),
    own,
    defaults.ask,
  )
  const { follow } = whole
  const plan: Plan =
    isNeeded && follow.mode.value === 'no'
      ? { ...whole, follow: { ...follow, mode: { value: 'wait', origin: 'targets that need it' } } }
      : whole
  const isTyped = (kind: 'variables' | 'inputs', key: string): boolean =>
    hasOverridingFlags || nodes.every(({ data }) => !Object.hasOwn(data[kind] ?? {}, key))
  const [settings] = await settingsOf(plan, own.flags, own.context, defaults.reads, isTyped)
  if (!settings) throw usageError(`${target.name}: nothing to trigger`)
  return { plan, flags: own.flags, settings }
}
