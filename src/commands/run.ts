import { startBudget } from '../budget.ts'
import type { BuildState } from '../build.ts'
import { completePlan, type Settings } from '../config/complete.ts'
import type { RunFlags } from '../config/flags.ts'
import { planRun, type Plan } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import { asTriggerError, Interrupted, TriggerError } from '../errors.ts'
import { exitCodes, worstOf, type ExitName } from '../exit-codes.ts'
import type { Reporter } from '../output/events.ts'
import { printFailure } from '../output/failure.ts'
import { reporterFor } from '../output/reporter.ts'
import { exceptClosedPipe } from '../output/text.ts'
import { describeSettings } from './describe.ts'
import { preview } from './preview.ts'
import { propose } from './propose.ts'
import { mentionUntrusted } from './untrusted.ts'
import { workOn } from './work.ts'

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
  // The limit of the run is only known once the plan is made; reading config files takes no time worth limiting.
  let budget: ReturnType<typeof startBudget> | undefined
  try {
    try {
      plan = await planRun(flags, recipe, context, nearCommand)
      budget = startBudget(context, plan.timeout.value)
      plan = await propose(plan, context, budget.signal)
      targets = await completePlan(plan, flags, context, budget.signal)
    } catch (error) {
      const failure = asTriggerError(error, { kind: 'none' })
      if (!flags.curl && !flags.dryRun) await report({ type: 'failed', error: failure })
      throw failure
    }
    await mentionUntrusted(plan, flags, context)
    if (flags.curl || flags.dryRun) return await showOnly(flags, plan, targets, context)
    const ends: ExitName[] = []
    for (const settings of targets) {
      const failure = await triggerOne(flags, plan, settings, context, budget.signal, report)
      ends.push(failure?.exit ?? 'success')
      if (!failure) continue
      if (targets.length === 1) throw withPolicy(failure, plan)
      await printFailure(failure, context, flags.color, `${settings.project.value} on ${settings.ref.value}`)
      if (context.interrupted.aborted) break
    }
    return codeFor(worstOf(ends), plan)
  } finally {
    budget?.end()
  }
}

async function showOnly(
  flags: RunFlags,
  plan: Plan,
  targets: readonly Settings[],
  context: Context,
): Promise<number> {
  const texts = targets.map((settings) => preview(flags, settings, plan.timeout.value, context.secrets))
  await context.stdout.write(texts.join(flags.json ? '' : '\n')).catch((error: unknown) => {
    exceptClosedPipe(error)
  })
  return exitCodes.success.code
}

/** The exit code that the recipe wants in place of ours. */
function codeFor(exit: ExitName, { exitCodes: policy }: Plan): number {
  const { code } = exitCodes[exit]
  return policy[String(code)] ?? code
}

function withPolicy(error: TriggerError, plan: Plan): TriggerError {
  return error.endingWith(codeFor(error.exit, plan))
}

/** Triggers one target and reports it; resolves to the error it ended with, reported as far as the reporter goes. */
async function triggerOne(
  flags: RunFlags,
  plan: Plan,
  settings: Settings,
  context: Context,
  signal: AbortSignal,
  report: Reporter,
): Promise<TriggerError | undefined> {
  let state: BuildState = { kind: 'none' }
  const written = (what: string) => (error: unknown) => {
    throw notWritten(what, state, error)
  }
  try {
    if (signal.aborted) throw signal.reason
    await report({ type: 'started', ...describeSettings(settings, plan.timeout) })
    if (flags.token !== undefined) {
      const text =
        '--token can be read by every user of this machine; use --token-file or GITLAB_TRIGGER_TOKEN.'
      await report({ type: 'warned', text })
    }
    const work = await workOn(settings, plan.jobs, context, signal, report)
    state = { kind: 'unknown' }
    const { build, dialect } = await work.trigger()
    state = { kind: 'triggered', build }
    await report({ type: 'triggered', build, api: dialect.name }).catch(written(`the id ${build.id}`))
    if (work.findJobs) {
      const found = await work.findJobs(build)
      await report({ type: 'jobs found', ...found }).catch(written('the ids of its jobs'))
    }
    if (build.status === 'failed') throw work.failedAtOnce(build)
    await report({ type: 'ended' }).catch(written('the result'))
    return undefined
  } catch (error) {
    const failure = asTriggerError(error, state)
    try {
      await report({ type: 'failed', error: failure })
      return failure
    } catch (lost) {
      return state.kind === 'triggered' && !(error instanceof Interrupted)
        ? notWritten('the result', state, lost)
        : failure
    }
  }
}

function notWritten(what: string, build: BuildState, cause: unknown): TriggerError {
  return new TriggerError({
    exit: 'notWritten',
    message: `${what} could not be written to standard output`,
    hint: 'The build goes on; do not trigger it again.',
    build,
    cause,
  })
}
