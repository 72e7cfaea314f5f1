import { exitCodeFor } from '../config/exit-code-policy.ts'
import type { Build } from '../core/build.ts'
import { TriggerError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { failedAtOnce } from '../gitlab/errors/explain.ts'
import { withPage } from '../gitlab/errors/how-to-check.ts'
import { ownUrl } from '../reports/facts.ts'
import { written, type TriggerAttempt } from './trigger-attempt.ts'
import { refuseOtherCommit } from './expect-sha.ts'
import { recordEnd, type IdempotencyState } from './idempotency-key.ts'
import type { Precondition } from './preconditions.ts'
import type { PreparedTrigger } from './prepare-trigger.ts'
import { readingFlag } from './run-context.ts'
import type { StartedPipeline } from './trigger-or-adopt.ts'

/**
 * Reports the id of the pipeline. From then on the next steps write what is open on this disk; if they fail,
 * it is not tried again.
 */
export async function reportId(
  attempt: TriggerAttempt,
  { build, api, isEarlier = false }: StartedPipeline,
): Promise<void> {
  await written(attempt, `the id ${build.id}`, attempt.report({ type: 'triggered', build, api, isEarlier }))
  attempt.unclosed = []
}

/** Records in the journal, under the claimed key, that the pipeline exists. */
export async function record(attempt: TriggerAttempt, claim: IdempotencyState | undefined): Promise<void> {
  if (!claim) return
  const { pipeline, context } = attempt
  const { code } = exitCodes.success
  await written(attempt, 'the journal', recordEnd(claim, pipeline.current, code, context))
}

/** Remembers for --only-if-changed for which commit the pipeline is. */
export async function remember(
  attempt: TriggerAttempt,
  condition: (Precondition & { isHeld: false }) | undefined,
  build: Build,
): Promise<void> {
  if (condition) await written(attempt, 'the journal', condition.remember(build))
}

/**
 * Writes what is known of the pipeline for the job that runs us, so that it is there even if this process is
 * killed. Throws exit 11.
 */
export async function writeReports({ reports, settings }: TriggerAttempt, build: Build): Promise<void> {
  const { server, project } = settings
  await reports.triggered(build, { base: server.value.base, project: project.value })
}

/**
 * Throws exit 8 for an earlier trigger of API v3 that is to be followed: which builds are its own shows only
 * while there are no newer ones.
 */
export function refuseUntraceable(
  { options }: TriggerAttempt,
  claim: IdempotencyState | undefined,
  build: Build,
): void {
  if (claim?.kind !== 'done' || build.kind !== 'trigger_request') return
  if (readingFlag(options) === undefined) return
  throw new TriggerError({
    exit: 'endNotSeen',
    message: 'API v3 does not report which builds an earlier trigger created',
    hint: 'Check the builds of the project.',
    build: { kind: 'triggered', build },
  })
}

/** For --jobs: waits for the pipeline's jobs, and reports their ids. */
export async function reportJobs(
  attempt: TriggerAttempt,
  { findJobs }: PreparedTrigger,
  build: Build,
): Promise<void> {
  if (!findJobs) return
  const found = await findJobs(build)
  await written(attempt, 'the ids of its jobs', attempt.report({ type: 'jobs found', ...found }))
}

/**
 * Throws exit 3 for a pipeline that GitLab has just created as failed, as it does for a CI file that it
 * cannot use; also where it has answered with why, and the pipeline was looked up.
 */
export function refuseFailedAtOnce(
  { settings }: TriggerAttempt,
  claim: IdempotencyState | undefined,
  { build, refusal }: StartedPipeline,
): void {
  const page = ownUrl(build.webUrl, settings.server.value.base) ?? ''
  if (refusal) throw refusal.with({ hint: withPage(refusal.hint, page), build: { kind: 'triggered', build } })
  if (build.status === 'failed' && claim?.kind !== 'done') throw failedAtOnce(build)
}

/** For --expect-sha: cancels the pipeline of another commit, and throws then (exit 3). */
export async function cancelOtherCommit(attempt: TriggerAttempt, build: Build): Promise<void> {
  const { expectSha } = attempt.options
  if (expectSha !== undefined) await refuseOtherCommit(expectSha, build, attempt.settings, attempt)
}

/**
 * For --follow and --wait: follows the pipeline to its end, for which the time limit of the trigger does not
 * count. Throws the failure of the pipeline.
 */
export async function followToEnd(
  { budget }: TriggerAttempt,
  { follow }: PreparedTrigger,
  build: Build,
): Promise<void> {
  if (!follow) return
  budget.lift()
  const { failure } = await follow(build)
  if (failure) throw failure
}

/** Reports that the trigger has ended well. */
export async function reportEnd(attempt: TriggerAttempt): Promise<void> {
  const exitCode = exitCodeFor('success', attempt.options.exitCodes)
  await written(attempt, 'the result', attempt.report({ type: 'ended', exitCode }))
}
