import { recipeChain } from '../../config/layers.ts'
import { targetNames, type Plan } from '../../config/plan.ts'
import type { Recipe } from '../../config/schema/config-keys.ts'
import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../core/context.ts'
import { usageError, type TriggerError } from '../../core/errors.ts'
import { projectNumbers } from '../../trigger/refusals/project-number.ts'
import { hashOfTrigger } from '../batch-record.ts'

/** What of a target's mapping is sent. */
const sentKeys = ['server', 'project', 'ref', 'variables', 'inputs'] as const

/** Flags and environment variables by which two mappings that differ send the same. */
function overriding(one: Recipe, other: Recipe, settings: Settings): string[] {
  const { variables, inputs } = settings
  const origins = sentKeys.flatMap((key) => {
    if (JSON.stringify(one[key]) === JSON.stringify(other[key])) return []
    if (key !== 'variables' && key !== 'inputs') return [settings[key].origin]
    const names = new Set([...Object.keys(one[key] ?? {}), ...Object.keys(other[key] ?? {})])
    return [...variables, ...inputs].filter((each) => names.has(each.key)).map(({ origin }) => origin)
  })
  return [...new Set(origins)].filter((origin) => /^(--|environment variable )/.test(origin))
}

/** A target as far as it is compared. */
export interface ComparedTarget {
  name: string
  /** Where it stands: `path:line`, or the name again. */
  origin: string
  /** The mapping that tells it from others. */
  data: Recipe
}

/** The error for a target that sends the same as another one. */
export function sameTrigger(
  { name, data }: ComparedTarget,
  other: ComparedTarget,
  settings: Settings,
): TriggerError {
  // The same words were typed again.
  if (other.name === name) return usageError('it was given more than once', 'Give it once.')
  const where = other.origin === other.name ? other.name : `${other.name} (${other.origin})`
  const names = overriding(data, other.data, settings)
  if (names.length === 0)
    return usageError(
      `it sends the same as ${where}`,
      'Leave one of them out, or give it a variable that makes it different.',
    )
  const flags = names.map((each) => each.replace('environment variable ', '')).join(' and ')
  return usageError(
    `it sends the same as ${where}, because of ${names.join(' and ')}`,
    `Leave ${flags} out, which ${names.length === 1 ? 'counts' : 'count'} before what the targets say.`,
  )
}

/** Hashes of what targets send, by which a project counts as the same under its number and its path, as far as that is known without asking. */
export function triggerHashes(
  stateFolder: string | undefined,
  context: Context,
): (settings: Settings) => Promise<string> {
  const numberOf = projectNumbers(stateFolder, context)
  return async (settings) => {
    const { project } = settings
    const value = await numberOf(settings)
    return hashOfTrigger(value === project.value ? settings : { ...settings, project: { ...project, value } })
  }
}

/**
 * Throws a usage error where two targets of a recipe say something different, and send the same: by a flag, or as two names of one project. Two with the
 * same words are both triggered.
 */
export async function refuseSameTargets(
  { recipe = '', config }: Plan,
  targets: readonly Settings[],
  context: Context,
): Promise<void> {
  const written =
    recipeChain(config, recipe).find(({ data }) => data.targets !== undefined)?.data.targets ?? []
  const names = targetNames(recipe, targets.length)
  const hashOf = triggerHashes(config.places.state, context)
  const seen = new Map<string, ComparedTarget>()
  for (const [at, settings] of targets.entries()) {
    const name = names[at] ?? recipe
    const target = { name, origin: name, data: written[at] ?? {} }
    const hash = await hashOf(settings)
    const same = seen.get(hash)
    seen.set(hash, target)
    if (!same || isSame(target.data, same.data)) continue
    const error = sameTrigger(target, same, settings)
    throw error.with({ message: `${name}: ${error.message}` })
  }
}

const isSame = (one: Recipe, other: Recipe): boolean =>
  sentKeys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]))
