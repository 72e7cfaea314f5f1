import { TriggerError } from '../core/errors.ts'
import { describeSettings, insecureWarning } from '../session/settings-summary.ts'
import { written, type TriggerAttempt } from './trigger-attempt.ts'
import { recordEnd, type IdempotencyState } from './idempotency-key.ts'
import { sourceOf } from './lost-response.ts'
import { checkPreconditions, type Precondition } from './preconditions.ts'
import type { PreparedTrigger } from './prepare-trigger.ts'
import { readingFlag } from './run-context.ts'
import { reportEnd, reportId, writeReports } from './steps-after.ts'
import { apiOf } from './trigger-or-adopt.ts'

/** Reports what is about to be triggered, and what is to be warned of. */
export async function announce({ settings, options, report }: TriggerAttempt): Promise<void> {
  await report({ type: 'started', ...describeSettings(settings, options.timeout, options.retry) })
  for (const text of options.warnings) await report({ type: 'warned', text })
  if (settings.insecure && settings.server.value.isHttps) {
    await report({ type: 'warned', text: insecureWarning, isGrave: true })
  }
}

/**
 * Reports the pipeline that the journal has under the key, where there is one; resolves to whether that was
 * so. GitLab is not asked, so this is not done for a flag that needs more than the id.
 */
export async function repeatRecorded(attempt: TriggerAttempt): Promise<boolean> {
  const { once, options, report } = attempt
  if (!once || readingFlag(options) !== undefined) return false
  const recorded = await once.recordedBuild()
  if (!recorded) return false
  const { build, at } = recorded
  const started = await attempt.pipeline.during(() =>
    Promise.resolve({ build, api: apiOf(build), isEarlier: true }),
  )
  await written(
    attempt,
    `the id ${build.id}`,
    report({ type: 'noted', text: `Triggered already, at ${at}.` }),
  )
  await reportId(attempt, started)
  await writeReports(attempt, build)
  await reportEnd(attempt)
  return true
}

/**
 * Checks --skip-if-running and --only-if-changed. What is opened to remember the trigger is closed if a later
 * step fails. Throws as `checkPreconditions`.
 */
export async function checkConditions(
  attempt: TriggerAttempt,
  prepared: PreparedTrigger,
): Promise<Precondition | undefined> {
  const { options, unclosed } = attempt
  if (!options.skipIfRunning && !options.onlyIfChanged) return undefined
  const condition = await checkPreconditions(attempt, prepared)
  if (condition?.isHeld === false) {
    unclosed.push(async ({ build: state }) => {
      const build = state.kind === 'triggered' ? state.build : null
      await (build ? condition.remember(build) : condition.forget())
    })
  }
  return condition
}

/** Ends a trigger that its preconditions hold: nothing is triggered, and that is a success. */
export async function skip(attempt: TriggerAttempt, why: string): Promise<void> {
  await attempt.report({ type: 'skipped', text: why })
  await reportEnd(attempt)
}

/**
 * Claims the idempotency key, where there is one, and records how the trigger ended if a later step fails.
 * Throws as `claim`.
 */
export async function claimOnce(
  attempt: TriggerAttempt,
  { finder, order, marker }: PreparedTrigger,
): Promise<IdempotencyState | undefined> {
  const { once, options, context } = attempt
  if (!once) return undefined
  // With --resume the pipeline is found on the server, so that a journal that cannot be written is no reason
  // to fail.
  const isNeeded = !options.resume || !finder
  const seen = {
    baseline: finder?.criteria.baseline ?? null,
    source: sourceOf(order),
    marker,
    nonce: order.nonce,
  }
  const claim = await once.claim(seen).catch((error: unknown) => {
    if (isNeeded || !(error instanceof TriggerError) || error.exit !== 'configRefused') throw error
    return undefined
  })
  if (claim) attempt.unclosed.push(({ build, exitCode }) => recordEnd(claim, build, exitCode, context))
  return claim
}
