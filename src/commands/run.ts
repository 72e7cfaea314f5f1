import { startBudget } from '../budget.ts'
import { completePlan, type Settings } from '../config/complete.ts'
import type { RunFlags } from '../config/flags.ts'
import { idleFollowFlag } from '../config/follow-plan.ts'
import { planRun, type Plan } from '../config/resolve.ts'
import { resumeKey } from '../config/resume.ts'
import type { Context } from '../context.ts'
import { asTriggerError, usageError } from '../errors.ts'
import { exitCodes, worstOf, type ExitName } from '../exit-codes.ts'
import { printFailure } from '../output/failure.ts'
import { reporterFor } from '../output/reporter.ts'
import { writeText } from '../output/text.ts'
import { preview } from './preview.ts'
import { propose } from './propose.ts'
import { codeFor, triggerOne } from './trigger-one.ts'
import { mentionUntrusted } from './untrusted.ts'

/**
 * Triggers a build, or the builds of a recipe, in order: `gitlab-trigger [run] [recipe]`. Resolves to the exit code, of several
 * targets the worst; throws a TriggerError where nothing, or only one target, was to be triggered and failed.
 */
export async function run(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
  nearCommand?: string,
): Promise<number> {
  const report = await reporterFor(flags, context)
  let plan: Plan
  let targets: Settings[]
  // The limit of the run is only known once the plan is made, and whoever is asked may take their time.
  let budget: ReturnType<typeof startBudget> | undefined
  try {
    try {
      if (flags.resume) resumeKey(context.env)
      if (flags.once === '')
        throw usageError('--once: the key is empty', 'Give a word that names this trigger.')
      plan = await planRun(flags, recipe, context, nearCommand)
      refuseIdleFlags(flags, plan)
      await mentionUntrusted(plan, flags, context)
      plan = await propose(plan, context, (server) => planRun({ ...flags, server }, recipe, context))
      budget = startBudget(context, plan.timeout.value)
      targets = await completePlan(plan, flags, context, budget.signal)
    } catch (error) {
      const failure = asTriggerError(error, { kind: 'none' })
      if (!flags.curl && !flags.dryRun) await report({ type: 'failed', error: failure })
      throw failure
    }
    if (flags.curl || flags.dryRun) return await showOnly(flags, plan, targets, context)
    const ends: ExitName[] = []
    for (const settings of targets) {
      // A pipeline that was followed has taken its own time.
      if (ends.length > 0 && plan.follow.mode.value !== 'no')
        budget = startBudget(context, plan.timeout.value)
      const work = { flags, plan, context, budget, report }
      const failure = await triggerOne(work, settings, onceKey(flags, context, targets.length, ends.length))
      ends.push(failure?.exit ?? 'success')
      if (!failure) continue
      if (targets.length === 1) throw failure
      await printFailure(failure, context, flags.color, `${settings.project.value} on ${settings.ref.value}`)
      if (context.interrupted.aborted) break
    }
    return codeFor(worstOf(ends), plan.exitCodes)
  } finally {
    budget?.end()
  }
}

/** A recipe may follow, so only what is typed without any can be refused. */
function refuseIdleFlags(flags: RunFlags, plan: Plan): void {
  const idle = idleFollowFlag(flags)
  if (idle === undefined || plan.follow.mode.value !== 'no') return
  throw usageError(`${idle} means nothing unless the pipeline is followed`, 'Add --follow or --wait.')
}

async function showOnly(
  flags: RunFlags,
  plan: Plan,
  targets: readonly Settings[],
  context: Context,
): Promise<number> {
  const texts = targets.map((settings) => preview(flags, settings, plan.timeout.value, context.secrets))
  await writeText(context, texts.join(flags.json ? '' : '\n'))
  return exitCodes.success.code
}

/** The key of --once for one target; of several, each has its own. */
function onceKey(
  { once: typed, resume }: RunFlags,
  { env }: Context,
  targets: number,
  at: number,
): string | undefined {
  const once = typed ?? (resume ? resumeKey(env) : undefined)
  return once === undefined || targets === 1 ? once : `${once} (target ${at + 1})`
}
