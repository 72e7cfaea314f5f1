import type { Settings } from '../config/settings.ts'
import type { TriggerError } from '../core/errors.ts'
import type { TriggerAttempt } from './trigger-attempt.ts'
import { endWithError } from './end-with-error.ts'
import type { OnceRecord } from './idempotency-key.ts'
import { PipelineState } from './pipeline-state.ts'
import { prepareTrigger } from './prepare-trigger.ts'
import { refuseImpossible } from './refusals/refuse-impossible.ts'
import type { RunContext } from './run-context.ts'
import { noticeSlowAnswer } from './slow-response-notice.ts'
import {
  cancelOtherCommit,
  followToEnd,
  record,
  refuseFailedAtOnce,
  refuseUntraceable,
  remember,
  reportEnd,
  reportId,
  reportJobs,
  writeReports,
} from './steps-after.ts'
import { announce, checkConditions, claimOnce, repeatRecorded, skip } from './steps-before.ts'
import { triggerOrAdopt } from './trigger-or-adopt.ts'

/**
 * The steps of one trigger, in their order. Only one of them can start a pipeline, and unless
 * --retry-ambiguous allows more it starts at most one, whose id is reported before anything else can fail.
 *
 * One rule holds for every step that throws: no later step runs, and `endWithError` ends the trigger. It adds
 * what is true about the pipeline by then, closes what the steps have opened on this disk, and reports the
 * error.
 */
async function carryOut(attempt: TriggerAttempt): Promise<void> {
  const { budget, options, pipeline, settings } = attempt

  // There is no pipeline, and nothing that is sent starts one.
  budget.signal.throwIfAborted()
  await announce(attempt)
  if (await repeatRecorded(attempt)) return
  refuseImpossible(options.following.plan, settings, { expectSha: options.expectSha })
  const prepared = await prepareTrigger(attempt)
  const condition = await checkConditions(attempt, prepared)
  if (condition?.isHeld) return skip(attempt, condition.why)
  const claim = await claimOnce(attempt, prepared)

  // There may be a pipeline.
  const started = await pipeline.during(() => triggerOrAdopt(prepared, claim, attempt))
  attempt.stopNotice()

  // There is a pipeline: its id is reported, then recorded; then comes what else was asked for.
  const { build } = started
  await reportId(attempt, started)
  await record(attempt, claim)
  await remember(attempt, condition, build)
  await writeReports(attempt, build)
  refuseUntraceable(attempt, claim, build)
  await reportJobs(attempt, prepared, build)
  refuseFailedAtOnce(attempt, claim, started)
  await cancelOtherCommit(attempt, build)
  await followToEnd(attempt, prepared, build)
  await reportEnd(attempt)
}

/**
 * Triggers one target and reports it. `once` is where it is recorded, so that it happens only once.
 * Resolves to the error that it ended with, which has been reported as far as the reporter can, or to
 * undefined.
 */
export async function triggerTarget(
  run: RunContext,
  settings: Settings,
  once: OnceRecord | undefined,
): Promise<TriggerError | undefined> {
  const attempt: TriggerAttempt = {
    ...run,
    settings,
    once,
    pipeline: new PipelineState(),
    unclosed: [],
    stopNotice: noticeSlowAnswer(settings, run),
    atEnd: [],
  }
  try {
    await carryOut(attempt)
    return undefined
  } catch (error) {
    return await endWithError(attempt, error)
  } finally {
    attempt.stopNotice()
    for (const close of attempt.atEnd) close()
  }
}
