import { markerKey } from '../../core/marker.ts'
import { startBudget } from '../../core/budget.ts'
import { resolveSettings, type Settings } from '../../config/settings.ts'
import type { RunFlags } from '../../options/run.ts'
import { refuseUnusedFollowFlags } from '../../config/follow-flags.ts'
import { resolvePlan, type Plan } from '../../config/plan.ts'
import { resumeKey, resumeMarker } from '../../config/variables/resume.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError, usageError } from '../../core/errors.ts'
import { exitCodes, worstOf, type ExitName } from '../../core/exit-codes.ts'
import type { Reporter } from '../../events.ts'
import { printFailure } from '../../output/reporters/failure.ts'
import { reporterFor } from '../../output/reporters/reporter.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { openReports, type Reports } from '../../reports/reports.ts'
import { preview } from '../../session/request-preview.ts'
import { inferFromCheckout } from './infer-from-checkout.ts'
import { waitForTurn, type Turn } from '../../trigger/jitter-and-lock.ts'
import { withSubject } from '../../trigger/error-subject.ts'
import { codeFor, triggerTarget } from '../../trigger/trigger-target.ts'
import { beginCommand } from '../../session/begin-command.ts'
import { noting } from '../../session/server-client.ts'
import { noticeProjectFile } from '../../session/project-file-notice.ts'

/**
 * Triggers a build, or the builds of a recipe, in order: `gitlab-trigger [run] [recipe]`. Resolves to the exit code, of several
 * targets the worst; throws a TriggerError where nothing, or only one target, was to be triggered and failed.
 */
export async function run(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
  nearCommand?: string,
  listen?: Reporter,
): Promise<number> {
  const tell = await reporterFor(flags, context)
  const report: Reporter = async (event) => {
    await listen?.(event)
    await tell(event)
  }
  let plan: Plan | undefined
  let targets: Settings[]
  let reports: Reports | undefined
  // The limit of the run is only known once the plan is made, and whoever is asked may take their time.
  let budget: ReturnType<typeof startBudget> | undefined
  let ready: Turn | undefined
  try {
    try {
      if (flags.resume) resumeKey(context.env)
      if (flags.once === '')
        throw usageError('--once: the key is empty', 'Give a word that names this trigger.')
      const start = await beginCommand(flags, context, { report, recipe, nearCommand })
      plan = start.plan
      refuseUnusedFollowFlags(flags, plan.follow)
      plan = await inferFromCheckout(plan, context, (server) =>
        resolvePlan({ ...flags, server }, recipe, context),
      )
      await noticeProjectFile(plan, report)
      budget = startBudget(context, plan.timeout.value)
      targets = await resolveSettings(plan, flags, context, budget.signal)
      if (!flags.curl && !flags.dryRun) {
        reports = await openReports(flags, context, noting(report), targets.length)
        ready = await waitForTurn(flags, plan, targets, context, report)
      }
      if (ready && ready.waitedMs > 0) {
        budget.end()
        budget = startBudget(context, plan.timeout.value)
      }
    } catch (error) {
      const failure = withSubject(asTriggerError(error, { kind: 'none' }), plan)
      if (!flags.curl && !flags.dryRun) await report({ type: 'failed', error: failure })
      throw failure
    }
    if (!reports) return await showOnly(flags, plan, targets, context)
    const ends: ExitName[] = []
    for (const settings of targets) {
      // A pipeline that was followed has taken its own time.
      if (ends.length > 0 && plan.follow.mode.value !== 'no')
        budget = startBudget(context, plan.timeout.value)
      const work = { flags, plan, context, budget, reports, report }
      const key = onceKey(flags, context, settings, targets.length, ends.length)
      const failure = await triggerTarget(work, settings, key)
      ends.push(failure?.exit ?? 'success')
      if (!failure) continue
      if (targets.length === 1) throw failure
      await printFailure(failure, context, flags.color, `${settings.project.value} on ${settings.ref.value}`)
    }
    return codeFor(worstOf(ends), plan.exitCodes)
  } finally {
    budget?.end()
    await ready?.release()
  }
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

/** The key that --resume stands for: one for each trigger of each job. */
function journalKey(env: Context['env'], { project, ref, variables, inputs }: Settings): string {
  const own = variables.filter(({ key }) => key !== markerKey)
  const key = resumeKey(env)
  const marker = resumeMarker(key, { project: project.value, ref: ref.value, variables: own, inputs })
  return `${key} ${marker.slice(0, 8)}`
}

/** The key of --once for one target; of several, each has its own. */
function onceKey(
  { once: typed, resume }: RunFlags,
  { env }: Context,
  settings: Settings,
  targets: number,
  at: number,
): string | undefined {
  const once = typed ?? (resume ? journalKey(env, settings) : undefined)
  return once === undefined || targets === 1 ? once : `${once} (target ${at + 1})`
}
