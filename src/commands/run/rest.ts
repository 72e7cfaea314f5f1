import { recipeTargets, type BatchTarget } from '../../batch/batch-target.ts'
import type { ConfigNode } from '../../config/layers.ts'
import type { Recipe } from '../../config/schema/config-keys.ts'
import type { Plan } from '../../config/plan.ts'
import type { Settings } from '../../config/settings.ts'
import type { BuildState } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import { keysOf } from '../../core/keys-of.ts'
import { omit } from '../../core/omit.ts'
import { mask } from '../../core/secret.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import type { RunFlags } from '../../options/run.ts'
import { isAttended } from '../../output/reporters/is-attended.ts'
import { rerunText } from '../../output/batch/unfinished.ts'
import { sayTo } from '../../output/terminal/wrap-words.ts'
import { commandLine } from './interactive/command-line.ts'

/** What chooses one pipeline of several: what was typed for it, or flags that say what its recipe says. */
type Choice = Partial<Record<'recipe' | 'server' | 'project' | 'ref', string>>

/** A pipeline that was not created, with the mappings of its recipe. */
export interface Untriggered {
  recipes: readonly ConfigNode<Recipe>[]
  project: string
  ref: string
}

/** Keys of a recipe and its targets for which a flag can be typed instead. */
const sayable = ['extends', 'server', 'project', 'ref', 'targets']

/** The flags that trigger a target of a recipe without this; undefined where there is more in the recipe. */
function choiceWithout({ recipes, project, ref }: Untriggered, { env }: Context): Choice | undefined {
  if (recipes.some(({ data }) => Object.keys(data).some((key) => !sayable.includes(key)))) return undefined
  const server = recipes.map(({ data }) => data.server).find((name) => name !== undefined)
  // The variable counts before a recipe, and after a flag.
  const isSet = (env['GITLAB_TRIGGER_SERVER'] ?? '') !== ''
  return { project, ref, ...(server !== undefined && !isSet && { server }) }
}

/** The values by which exactly these are chosen, as every combination; undefined where combinations would be more. */
function valuesOf(choices: readonly Choice[]): Map<keyof Choice, string[]> | undefined {
  const values = new Map<keyof Choice, string[]>()
  for (const key of ['recipe', 'server', 'project', 'ref'] as const) {
    const all = choices.flatMap((each) => each[key] ?? [])
    if (all.length > 0 && all.length < choices.length) return undefined
    if (all.length > 0) values.set(key, [...new Set(all)])
  }
  const count = [...values.values()].reduce((product, some) => product * some.length, 1)
  return count === choices.length && (values.get('server')?.length ?? 1) === 1 ? values : undefined
}

/** How exactly these are triggered: a line to paste, or of one that must not be shown what of it changes; undefined where no line does that. */
function lineFor(choices: readonly Choice[], flags: RunFlags, context: Context): string | undefined {
  const values = valuesOf(choices)
  if (!values) return undefined
  const { recipe = [], ...chosen } = Object.fromEntries(values) as Partial<Record<keyof Choice, string[]>>
  const shown = context.command(true)
  if (!shown.includes(mask))
    return `To trigger only the others: ${commandLine({ ...chosen, ...omit(flags, keysOf(chosen)) }, recipe)}`
  const words = keysOf(chosen).flatMap((key) => (chosen[key] ?? []).flatMap((each) => [`--${key}`, each]))
  return `To trigger only the others, repeat the command with only: ${[...recipe, ...words].map(shellQuote).join(' ')}`
}

const byThemselves = 'To trigger only the others, run each of them by itself.'
const recipesOfTheirOwn =
  'To trigger only the others, give each of them a recipe of its own. Of runs with the same --once KEY the later ones do it by themselves.'

/** Says after a run of a recipe with several targets, of which some have no pipeline, how to trigger only these. `builds` says what each has. */
export async function sayRestOfRecipe(
  builds: readonly (BuildState['kind'] | 'skipped')[],
  { config, recipe = '' }: Plan,
  targets: readonly Settings[],
  flags: RunFlags,
  context: Context,
): Promise<void> {
  const isUnknown = builds.includes('unknown')
  if (flags.once !== undefined || flags.resume || !(isUnknown || builds.includes('triggered'))) return
  const mappings = recipeTargets(config, recipe)
  const left = targets.filter((_, at) => builds[at] === 'none')
  const choices = targets.flatMap(({ project, ref }, at) => {
    if (builds[at] !== 'none') return []
    const place = { recipes: mappings[at] ?? [], project: project.value, ref: ref.value }
    return choiceWithout(place, context) ?? []
  })
  const line = choices.length === left.length ? lineFor(choices, flags, context) : undefined
  const rest = left.length === 0 ? [] : [line ?? recipesOfTheirOwn]
  // Apart from the last error; behind each that is mailed there is an empty line already.
  if (isAttended(context)) await context.stderr.write('\n').catch(() => undefined)
  for (const text of [rerunText(isUnknown), ...rest])
    // A failure to write messages must not change the exit code (docs/guarantees.md#T74).
    await sayTo(context.stderr, text).catch(() => undefined)
}

/** What to do where of several that were typed these were not triggered; `project` and `ref` are of each what it was to be triggered with. */
export function restOfSeveral(
  left: readonly (BatchTarget & Untriggered)[],
  all: readonly BatchTarget[],
  flags: RunFlags,
  context: Context,
): string {
  const countOf = (some: readonly BatchTarget[], origin: string): number =>
    some.filter((each) => each.origin === origin).length
  const whole = new Map<string, Choice>()
  const parts: Untriggered[] = []
  for (const each of left) {
    const { origin, recipe } = each
    if (countOf(left, origin) < countOf(all, origin)) parts.push(each)
    else whole.set(origin, { ...(recipe !== undefined && { recipe }), ...each.flags })
  }
  const choices = [...whole.values(), ...parts.flatMap((each) => choiceWithout(each, context) ?? [])]
  const isAll = choices.length === whole.size + parts.length
  const line = isAll ? lineFor(choices, flags, context) : undefined
  return line ?? (parts.length > 0 ? recipesOfTheirOwn : byThemselves)
}
