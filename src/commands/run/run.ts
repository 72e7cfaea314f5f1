import type { RunFlags } from '../../options/run.ts'
import { resolvePlan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import type { RunLog } from '../../output/reporters/run-log.ts'
import { unattended } from '../../session/unattended/unattended.ts'
import { withSubject } from '../../trigger/error-subject.ts'
import { run } from './run-targets.ts'

/** What was typed for `run`. */
export interface RunTyped {
  flags: RunFlags
  /** Recipes. */
  words: readonly string[]
  /** Projects and refs besides those in `flags`. */
  further?: Readonly<Record<string, readonly string[]>>
  /** The command that the first word may have been meant as. */
  nearCommand?: string
}

/** Triggers one pipeline or the targets of one recipe, or several of them at once. */
async function runTyped(typed: RunTyped, context: Context, log?: RunLog): Promise<number> {
  const { flags, words, further, nearCommand } = typed
  if (words.length < 2 && !further) return run(flags, words[0], context, nearCommand, log)
  const { runSeveral } = await import('./run-several.ts')
  return runSeveral(typed, context, log?.listenFor)
}

/** Carries out `run`, with what an unattended run needs, as far as flags ask for it. Throws as `run`. */
export async function runUnattended(typed: RunTyped, context: Context): Promise<number> {
  const { flags, words } = typed
  const [recipe] = words
  if (flags.interactive && words.length < 2 && !typed.further) {
    const asked = await (await import('./interactive/ask-run.ts')).askRun(flags, recipe, context)
    return runUnattended(
      { flags: asked.flags, words: asked.recipe === undefined ? [] : [asked.recipe] },
      context,
    )
  }
  if (flags.dryRun || flags.curl) return runTyped(typed, context)
  return unattended(
    flags,
    recipe,
    context,
    (log) => runTyped(typed, context, log),
    async (failure) => withSubject(failure, await resolvePlan(flags, recipe, context).catch(() => undefined)),
  )
}
