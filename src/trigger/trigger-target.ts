import type { Build, BuildState } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, TriggerError } from '../core/errors.ts'
import { exitCodes, type ExitName } from '../core/exit-codes.ts'
import { failedAtOnce } from '../gitlab/errors/explain.ts'
import type { Intent, Result } from '../state/journal.ts'
import type { Reporter } from '../events.ts'
import { withCertificate } from '../session/certificate-error.ts'
import { describeSettings, insecureWarning } from '../session/settings-summary.ts'
import { noticeSlowAnswer } from './slow-response-notice.ts'
import { checkPreconditions, type Precondition } from './preconditions.ts'
import { triggerOrAdopt } from './trigger-or-adopt.ts'
import { checkExpectedSha, refuseOtherCommit } from './expect-sha.ts'
import { withNearestRefs } from './suggest-refs.ts'
import { refuseWithoutToken } from '../pipelines/require-api-token.ts'
import { recordedBuild, claimKey, type IdempotencyState } from './idempotency-key.ts'
import { transportOptions } from '../session/server-client.ts'
import { prepareTrigger, type PreparedTrigger } from './prepare-trigger.ts'
import type { RunContext } from './run-context.ts'

const ambiguousWarning = '--retry-ambiguous can start two builds.'

const argvWarning =
  '--token can be read by every user of this machine; use --token-file or GITLAB_TRIGGER_TOKEN.'

/**
 * Triggers one target and reports it; resolves to the error it ended with, reported as far as the reporter goes, or to undefined. `onceKey` is
 * the key under which it must happen only once.
 */
export async function triggerTarget(
  run: RunContext,
  settings: Settings,
  onceKey: string | undefined,
): Promise<TriggerError | undefined> {
  const { flags, plan, context, budget, reports, report } = run
  let state: BuildState = { kind: 'none' }
  let once: IdempotencyState | undefined
  let isRecorded = false
  const stopWaiting = noticeSlowAnswer(settings, plan, context, report)
  let decision: Precondition | undefined
  let work: PreparedTrigger | undefined
  const written = (what: string) => (error: unknown) => {
    throw notWritten(what, state, error)
  }
  try {
    budget.signal.throwIfAborted()
    await report({ type: 'started', ...describeSettings(settings, plan.timeout, plan.retry) })
    if (flags.token !== undefined) await report({ type: 'warned', text: argvWarning })
    if (flags.retryAmbiguous) await report({ type: 'warned', text: ambiguousWarning })
    if (settings.insecure && settings.server.value.isHttps) {
      await report({ type: 'warned', text: insecureWarning, isGrave: true })
    }
    // What the journal knows needs no GitLab, unless more than the id is wanted.
    const isReading = plan.jobs.value || plan.follow.mode.value !== 'no'
    const earlier =
      onceKey === undefined || isReading ? undefined : await recordedBuild(onceKey, settings, plan)
    if (earlier) {
      state = { kind: 'triggered', build: earlier.build }
      await tellEarlier(earlier, report).catch(written(`the id ${earlier.build.id}`))
      await reports.triggered(earlier.build, settings.server.value.base)
      await report({ type: 'ended' }).catch(written('the result'))
      return undefined
    }
    checkExpectedSha(flags, settings)
    if (plan.follow.mode.value !== 'no') refuseWithoutToken(plan.follow, settings)
    const prepared = await prepareTrigger(flags, plan, settings, context, budget, reports, report)
    work = prepared
    decision = await checkPreconditions(flags, prepared, settings, plan, context)
    if (decision.isHeld) {
      await report({ type: 'skipped', text: decision.why })
      await report({ type: 'ended' }).catch(written('the result'))
      return undefined
    }
    if (onceKey !== undefined) {
      once = await claimKey(onceKey, settings, plan, context, seenBy(prepared)).catch((error: unknown) => {
        // What carries a mark of its own is found without a journal.
        const isNeeded = !flags.resume || prepared.marker === null || !prepared.verifier
        if (isNeeded || !(error instanceof TriggerError) || error.exit !== 'configRefused') throw error
        return undefined
      })
    }
    state = { kind: once?.kind === 'done' ? 'none' : 'unknown' }
    const { build, api } = await triggerOrAdopt(prepared, once, run)
    state = { kind: 'triggered', build }
    stopWaiting()
    await report({ type: 'triggered', build, api }).catch(written(`the id ${build.id}`))
    isRecorded = true
    await record(once, state, 0, context).catch(written('the journal'))
    await decision.remember(build).catch(written('the journal'))
    await reports.triggered(build, settings.server.value.base)
    if (once?.kind === 'done' && build.kind === 'trigger_request' && isReading) throw notTold(build)
    if (prepared.findJobs) {
      const found = await prepared.findJobs(build)
      await report({ type: 'jobs found', ...found }).catch(written('the ids of its jobs'))
    }
    if (build.status === 'failed' && once?.kind !== 'done') throw failedAtOnce(build)
    await refuseOtherCommit(build, flags, settings, context, report)
    if (prepared.follow) {
      budget.end()
      const { failure } = await prepared.follow(build)
      if (failure) throw failure
    }
    await report({ type: 'ended' }).catch(written('the result'))
    return undefined
  } catch (error) {
    const known = asTriggerError(error, state)
    const shown = await withCertificate(
      known,
      settings,
      transportOptions(settings, context),
      context,
      budget.signal,
    )
    const told = await withNearestRefs(shown, settings, context, budget.signal, report)
    const failure = told.endingWith(codeFor(told.exit, plan.exitCodes), {
      isRun: true,
      server: settings.server.value.base,
      project: settings.project.value,
      ref: settings.ref.value,
    })
    if (!isRecorded) {
      await record(once, failure.build, failure.exitCode, context).catch(() => undefined)
      if (decision && !decision.isHeld) await settle(decision, failure.build).catch(() => undefined)
    }
    try {
      await report({ type: 'failed', error: failure })
      return failure
    } catch (lost) {
      return state.kind === 'triggered' ? notWritten('the result', state, lost) : failure
    }
  } finally {
    stopWaiting()
    work?.close()
  }
}

/** v3 links no builds to a trigger; which are its own shows only while nothing newer is there. */
function notTold(build: Build): TriggerError {
  return new TriggerError({
    exit: 'endNotSeen',
    message: 'API v3 does not tell which builds an earlier trigger led to',
    hint: 'Look at the builds of the project.',
    build: { kind: 'triggered', build },
  })
}

/** What exists is remembered, also where the run failed afterwards. */
async function settle(decision: Precondition & { isHeld: false }, state: BuildState): Promise<void> {
  const build = state.kind === 'triggered' ? state.build : null
  await (build ? decision.remember(build) : decision.forget())
}

async function tellEarlier({ build, at }: { build: Build; at: string }, report: Reporter): Promise<void> {
  await report({ type: 'noted', text: `Triggered already, at ${at}.` })
  await report({ type: 'triggered', build, api: build.kind === 'pipeline' ? 'v4' : 'v3' })
}

/** The exit code that the recipe wants in place of ours. */
export function codeFor(exit: ExitName, policy: Plan['exitCodes']): number {
  const { code } = exitCodes[exit]
  return policy.get(String(code))?.value ?? code
}

function seenBy({
  verifier,
  order,
  marker,
}: PreparedTrigger): Pick<Intent, 'baseline' | 'source' | 'marker'> {
  const source = order.isJobToken ? 'pipeline' : 'trigger'
  return { baseline: verifier?.sought.baseline ?? null, source, marker }
}

async function record(
  once: IdempotencyState | undefined,
  state: BuildState,
  exitCode: number,
  context: Context,
): Promise<void> {
  if (!once || once.kind === 'done') return
  // An earlier run's open end stays open until its build is found.
  if (once.kind === 'open' && state.kind !== 'triggered') return
  const result: Result = {
    at: new Date(context.now()).toISOString(),
    outcome: state.kind,
    build: state.kind === 'triggered' ? state.build : null,
    exitCode,
  }
  await once.finish(result)
}

function notWritten(what: string, build: BuildState, cause: unknown): TriggerError {
  return new TriggerError({
    exit: 'notWritten',
    message: `${what} could not be written${what === 'the journal' ? '' : ' to standard output'}`,
    hint: 'The build goes on; do not trigger it again.',
    build,
    cause,
  })
}
