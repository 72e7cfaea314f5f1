import { exitCodeFor } from '../config/exit-code-policy.ts'
import { startBudget } from '../core/budget.ts'
import { asTriggerError, TriggerError } from '../core/errors.ts'
import { hasStarted, isFinished } from '../core/status.ts'
import type { Event, Reporter } from '../events.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { PostOptions } from '../http/retry/post.ts'
import { withEarlier } from '../trigger/refusals/earlier-pipeline.ts'
import type { FollowSettings } from '../session/follow-settings.ts'
import { triggerTarget } from '../trigger/trigger-target.ts'
import type { TakenPipelines } from '../gitlab/trigger/known-pipelines.ts'
import type { Batch } from './batch.ts'
import type { TargetProgress, TargetState } from '../batch-events.ts'
import { earlierState } from './batch-record.ts'
import type { BatchTarget } from './batch-target.ts'
import { withNeedsValues, type NeedField } from './plan/needs-values.ts'
import { resolveRunOptions } from './run-options.ts'
import { planTarget, type TargetPlan } from './target-plan.ts'
import type { QueueTurn } from './queue/trigger-queue.ts'

/** The value of a target that others need, as a text. */
export function valueOf({ id, sha, webUrl, status }: TargetProgress, field: NeedField): string {
  const value = { id, sha, web_url: webUrl, status }[field]
  return value === null ? '' : String(value)
}

/** What one target of a batch is run with. */
export interface TargetRun {
  batch: Batch
  target: BatchTarget
  /** Its number in the batch. */
  index: number
  /** Its plan, where the check of the batch has kept it. */
  planned: TargetPlan | undefined
  progress: TargetProgress
  turn: QueueTurn
  taken: TakenPipelines
  /** Whether other targets need it. */
  isNeeded: boolean
  /** What is known of a target by its name. */
  progressOf: (name: string) => TargetProgress | undefined
  /** Ends everything, as does a signal. */
  stopped: AbortSignal
  /** The limit for all of the batch; undefined: there is none. */
  total: FollowSettings['total']
}

/** When a pipeline began to run, by our clock, as far as its server tells how long it was queued. */
function startOf({ createdAt, startedAt }: Pipeline, since: number | undefined, now: number): number {
  if (createdAt === null || startedAt === null || since === undefined) return now
  return Math.min(now, since + Math.max(0, startedAt - createdAt))
}

/** Notes what an event of its trigger says about a target. */
function note(progress: TargetProgress, event: Event, now: number): void {
  if (event.type === 'triggered') {
    const { id, sha, webUrl, status } = event.build
    Object.assign(progress, { state: 'created', id, sha, webUrl, status, createdAt: now })
  }
  if (event.type === 'skipped') progress.why = event.text
  if (event.type !== 'looked' && event.type !== 'over' && event.type !== 'left') return
  const { status, sha, yamlErrors } = event.pipeline
  progress.status = status
  progress.sha ??= sha
  progress.hasRun ||= hasStarted(status) && yamlErrors === null
  if (event.type !== 'looked') return
  // A pipeline that has finished is no longer one that runs: its target is about to end.
  if (!isFinished(status)) progress.state = hasStarted(status) ? 'running' : 'pending'
  if (hasStarted(status)) progress.runningAt ??= startOf(event.pipeline, progress.createdAt, now)
}

/** Reports a target's events, and its state whenever that changes. `isAll`: a pipeline that was created is all that it asks of its server. */
function targetReporter(
  { batch, progress, turn, taken }: TargetRun,
  say: Reporter,
  isAll: boolean,
): Reporter {
  const { report, context } = batch
  return async (event) => {
    const { state } = progress
    if (event.type === 'triggered') {
      turn.created(event.build.sha, isAll)
      if (progress.server !== null) taken.take(progress.server, event.build)
    }
    const now = context.wallTime()
    note(progress, event, now)
    // Another event may come while this one is printed.
    const hasChanged = progress.state !== state
    await say(event)
    await report({ type: 'told', target: progress, event })
    if (hasChanged) await report({ type: 'changed', target: progress, now })
  }
}

/** Waits for the rate limit that a trigger has met; that does not count as its time. */
function waitingForLimit(
  { batch, progress, turn }: TargetRun,
  budget: ReturnType<typeof startBudget>,
  patienceMs: number,
): NonNullable<PostOptions['limited']> {
  const { report, context } = batch
  const change = async (state: TargetState): Promise<void> => {
    progress.state = state
    await report({ type: 'changed', target: progress, now: context.wallTime() }).catch(() => undefined)
  }
  return async (outcome) => {
    const resume = budget.pause()
    try {
      await change('limited')
      return await turn.limited(outcome, patienceMs, budget.signal)
    } finally {
      resume()
      await change('starting')
    }
  }
}

/** The target with what those that it needs have given. */
function withValues(target: BatchTarget, progressOf: TargetRun['progressOf']): BatchTarget {
  if (!target.node) return target
  const node = withNeedsValues(target.node, (name, field) => {
    const needed = progressOf(name)
    const value = needed ? valueOf(needed, field) : ''
    if (value !== '') return value
    throw new TriggerError({ exit: 'usage', message: `${target.origin}: ${name} has no ${field}` })
  })
  return { ...target, node }
}

/** How a target has ended: the error, which has been reported; undefined after success, whose exit code its recipe may set, too. */
export interface TargetResult {
  failure: TriggerError | undefined
  exitCode: number
}

/** Triggers one target of a batch. Never rejects. */
export async function runTarget(run: TargetRun): Promise<TargetResult> {
  const { batch, target, progress, turn, isNeeded, progressOf, stopped, total } = run
  const { defaults, reports } = batch
  const own = batch.contextFor(target)
  let budget: ReturnType<typeof startBudget> | undefined
  let say = batch.reporterFor(progress, own, defaults.flags)
  try {
    const { plan, flags, settings } =
      run.planned ?? (await planTarget(withValues(target, progressOf), isNeeded, defaults, batch.context))
    say = batch.reporterFor(progress, own, flags)
    budget = startBudget(
      { now: () => own.now(), alarm: (ms, ring) => own.alarm(ms, ring), interrupted: stopped },
      plan.timeout.value,
    )
    // With --fail-fast the next one waits for how this one ends.
    const { follow, jobs } = plan
    const isAll = follow.mode.value === 'no' && !jobs.value && !flags.expectSha && !batch.failFast
    const report = targetReporter(run, say, isAll)
    const options = resolveRunOptions(flags, plan, own, report)
    const { following } = options
    const failure = await triggerTarget(
      {
        options: {
          ...options,
          warnings: [],
          following: { ...following, total, suggestsRetry: false },
        },
        context: own,
        budget,
        reports,
        report,
        known: run.taken.of(settings.server.value.base),
        pace: {
          rate: turn.reads,
          answered(outcome) {
            turn.answered(outcome)
          },
          limited: waitingForLimit(run, budget, plan.timeout.value),
        },
      },
      settings,
      batch.recordFor(target, run.index, settings, own),
    )
    return { failure, exitCode: failure?.exitCode ?? exitCodeFor('success', plan.exitCodes) }
  } catch (error) {
    const thrown = asTriggerError(error, { kind: 'none' })
    const failure = withEarlier(thrown, earlierState(batch.earlier.get(target.name)))
    await targetReporter(run, say, false)({ type: 'failed', error: failure }).catch(() => undefined)
    return { failure, exitCode: failure.exitCode }
  } finally {
    budget?.end()
  }
}
