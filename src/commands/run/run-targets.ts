import { exitCodeFor } from '../../config/exit-code-policy.ts'
import type { RunFlags } from '../../options/run.ts'
import { idleLogLines, refuseUnusedFollowFlags } from '../../config/follow-flags.ts'
import { resolvePlan, targetNames, type Plan } from '../../config/plan.ts'
import { mayBeNamedOtherwise } from '../../config/project/other-name.ts'
import { resolveSettings, type Settings } from '../../config/settings.ts'
import { variableNotices } from '../../config/variables/notices.ts'
import { startBudget } from '../../core/budget.ts'
import type { BuildState } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError } from '../../core/errors.ts'
import { worstOf, type ExitName } from '../../core/exit-codes.ts'
import type { Reporter } from '../../events.ts'
import type { RunLog } from '../../output/reporters/run-log.ts'
import { printFailure } from '../../output/reporters/failure.ts'
import { reporterFor } from '../../output/reporters/reporter.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { openReports, type Reports } from '../../reports/reports.ts'
import { beginCommand } from '../../session/begin-command.ts'
import { noticeProjectFile, warnOfUnseenConfig } from '../../session/checkout/project-file-notice.ts'
import { withCheckoutFlags } from '../../session/checkout/with-checkout-flags.ts'
import { warnOfUnusableApiToken } from '../../session/unusable-api-token.ts'
import { withSubject } from '../../trigger/error-subject.ts'
import { waitForTurn, type Turn } from '../../trigger/jitter-and-lock.ts'
import { onceRecord } from '../../trigger/idempotency-key.ts'
import { refuseImpossible } from '../../trigger/refusals/refuse-impossible.ts'
import { refuseOtherPage } from '../../trigger/refusals/refuse-other-page.ts'
import { triggerTarget } from '../../trigger/trigger-target.ts'
import { checkOnceFlags } from './check-once-flags.ts'
import { inferFromCheckout } from './infer-from-checkout.ts'
import { idempotencyKey } from './once-key.ts'
import { checkPrinted, printRequests } from './print-requests.ts'
import { showStartPage } from './start-page.ts'
import { resolveRunOptions, turnOptions } from '../../batch/run-options.ts'

/**
 * Triggers a pipeline, or the pipelines of a recipe, in order: `gitlab-trigger [run] [recipe]`. Resolves to
 * the exit code, of several targets the worst; throws a TriggerError where nothing, or only one target, was
 * to be triggered and failed. `log` gets every event.
 */
export async function run(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
  nearCommand?: string,
  log?: RunLog,
): Promise<number> {
  let reporter = await reporterFor(flags, context)
  let shown = flags
  let listen = log?.listen
  const tell: Reporter = async (event) => {
    await listen?.(event)
    await reporter(event)
  }
  const report = flags.web ? (await import('./web-page.ts')).openingPages(tell, context) : tell
  let plan: Plan | undefined
  let targets: Settings[]
  let reports: Reports | undefined
  // The limit is known only once the plan is made, and a user who is asked a question may take their time.
  let budget: ReturnType<typeof startBudget> | undefined
  let turn: Turn | undefined
  try {
    try {
      checkOnceFlags(flags, context)
      plan = (await beginCommand(flags, context, { report, recipe, nearCommand, needsSettings: true })).plan
      if (recipe === undefined && !plan.targets[0]?.server) await showStartPage(plan, flags, context)
      refuseUnusedFollowFlags(flags, plan.follow)
      const { progress, mode } = plan.follow
      // A recipe may say how progress is shown.
      if (progress !== undefined && mode.value !== 'no') {
        shown = { ...flags, progress }
        reporter = await reporterFor(shown, context)
      }
      const complete = (known: Plan): Promise<Plan> => withProjectEntries(known, flags, context, report)
      plan = await complete(plan)
      const [{ server, project, ref } = {}] = plan.targets
      if (!server || !project || !ref) {
        const replan = (name: string): Promise<Plan> =>
          resolvePlan({ ...flags, server: name }, recipe, context)
        plan = await inferFromCheckout(plan, context, replan, complete)
      }
      await noticeProjectFile(plan, report)
      budget = startBudget(context, plan.timeout.value)
      const known = plan
      targets = await resolveSettings(plan, flags, context, budget.signal).catch(async (error: unknown) => {
        throw await withCheckoutFlags(error, known, context)
      })
      if (targets.length > 1)
        await (await import('../../batch/check/same-trigger.ts')).refuseSameTargets(plan, targets, context)
      for (const settings of targets) refuseOtherPage(flags, settings)
      const idle = idleLogLines(flags, plan.follow)
      if (idle !== undefined) await report({ type: 'warned', text: idle, isGrave: true })
      await warnOfUnseenConfig(plan, report)
      await warnOfUnusableApiToken(targets[0], report)
      for (const notice of variableNotices(targets)) await report(notice)
      if (!flags.curl && !flags.dryRun) {
        reports = await openReports(flags, context, report, targets.length)
        if (flags.jitter !== undefined || flags.lock !== undefined)
          turn = await waitForTurn(turnOptions(flags, plan), targets, context, report)
      } else {
        const unable = await checkPrinted(flags, targets.length, context)
        if (unable !== undefined) await report({ type: 'warned', text: unable, isGrave: true })
        if (flags.dryRun) for (const settings of targets) refuseImpossible(plan.follow, settings, flags)
      }
      if (turn && turn.waitedMs > 0) {
        budget.end()
        budget = startBudget(context, plan.timeout.value)
      }
    } catch (error) {
      const failure = withSubject(asTriggerError(error, { kind: 'none' }), plan)
      if (!flags.curl && !flags.dryRun) await report({ type: 'failed', error: failure })
      throw failure
    }
    if (!reports) return await printRequests(flags, plan, targets, context)
    const options = resolveRunOptions(flags, plan, context, report)
    const ends: ExitName[] = []
    const builds: (BuildState['kind'] | 'skipped')[] = []
    const isText = !flags.quiet && !flags.json && !flags.events
    if (targets.length > 1)
      await report({ type: 'noted', text: `The recipe "${recipe}" has ${targets.length} targets.` })
    const names = targetNames(recipe ?? '', targets.length)
    for (const [at, settings] of targets.entries()) {
      const target = names[at] ?? ''
      if (targets.length > 1) {
        reporter = await reporterFor(shown, context, { target })
        listen = log?.listenFor(target)
      }
      // A pipeline that was followed has taken its own time.
      if (ends.length > 0 && plan.follow.mode.value !== 'no')
        budget = startBudget(context, plan.timeout.value)
      const key = idempotencyKey(flags, context, settings, targets.length, ends.length)
      const once =
        key === undefined
          ? undefined
          : onceRecord({ key, settings, stateFolder: options.stateFolder }, context)
      const seen = { hasId: false }
      const reportTarget: Reporter = async (event) => {
        seen.hasId ||= event.type === 'triggered'
        await report(event)
      }
      const own = { options, context, budget, reports, report: reportTarget }
      const failure = await triggerTarget(own, settings, once)
      ends.push(failure?.exit ?? 'success')
      builds.push(failure?.build.kind ?? (seen.hasId ? 'triggered' : 'skipped'))
      // Each of several targets prints one line, so that no id is taken for that of another target.
      if (targets.length > 1 && isText && !seen.hasId)
        await writeText(context, '-\n').catch(() => ends.push('notWritten'))
      if (!failure) continue
      if (targets.length === 1) throw failure
      await printFailure(failure, context, flags.color, {
        subject: `${settings.project.value} on ${settings.ref.value}`,
      })
    }
    if (builds.some((build) => build === 'none' || build === 'unknown'))
      await (await import('./rest.ts')).sayRestOfRecipe(builds, plan, targets, flags, context)
    return exitCodeFor(worstOf(ends), plan.exitCodes)
  } finally {
    budget?.end()
    await turn?.release()
  }
}

/** The plan in which the entries of projects are found that the config names otherwise. Most runs need no such search, and do not load it. */
async function withProjectEntries(
  plan: Plan,
  flags: RunFlags,
  context: Context,
  report: Reporter,
): Promise<Plan> {
  if (!plan.targets.some((target) => mayBeNamedOtherwise(target, flags, context))) return plan
  const { findProjectEntries } = await import('../../trigger/known-projects.ts')
  const isOffline = flags.curl !== undefined || flags.dryRun === true
  return findProjectEntries(plan, flags, context, isOffline ? undefined : report)
}
