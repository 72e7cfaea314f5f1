import type { FollowPlan } from '../config/follow-plan.ts'
import { defaultPollGraceMs, defaultTimeoutMs } from '../core/defaults.ts'
import { usageError } from '../core/errors.ts'
import type { Event } from '../events.ts'
import { follow } from '../pipelines/follow.ts'
import type { EndReports } from '../pipelines/followed.ts'
import { followedOf } from '../pipelines/open-pipelines.ts'
import { realTime } from '../platform/clock.ts'
import type { CallClock } from './context.ts'
import { waitTable } from './option-table.ts'
import type { WaitEvent, WaitOptions } from './options.ts'
import {
  checkPipelineOptions,
  onPipeline,
  plainSettings,
  type CallForm,
  type OpenCall,
} from './pipeline-call.ts'
import { PipelineError } from './pipeline-error.ts'
import type { PipelineResult } from './pipeline-result.ts'
import { pipelineResultOf } from './pipeline-result-of.ts'
import { serverOf } from './server.ts'

const nothing = (): Promise<undefined> => Promise.resolve(undefined)
const noReports: EndReports = { ended: nothing, left: nothing }
const shortestIntervalMs = 1000

/** How the pipeline is followed, where the options differ from the usual. Throws usage errors. */
function planOf(options: WaitOptions): Partial<FollowPlan> {
  const { pollIntervalMs, pollGraceMs, retryGraceMs, allowSkipped, failOnWarnings } = options
  const { cancelOnTimeout = false } = options
  const play = typeof options.play === 'string' ? [options.play] : (options.play ?? [])
  const onManual = options.onManual ?? (play.length > 0 ? 'play' : 'fail')
  if (onManual === 'play' && play.length === 0)
    throw usageError('onManual: no job to play given', 'Name it with the option play.')
  if (pollIntervalMs !== undefined && pollIntervalMs < shortestIntervalMs && !serverOf(options).isLoopback)
    throw usageError(
      `pollIntervalMs: ${pollIntervalMs} is too small except for a server on this machine`,
      'Use 1,000 or more.',
    )
  return {
    ...{ onManual, play, pollIntervalMs, queueMs: options.queueTimeoutMs, runMs: options.runTimeoutMs },
    ...{ allowSkipped: allowSkipped ?? false, failOnWarnings: failOnWarnings ?? false },
    cancelOnTimeout,
    ...(pollGraceMs !== undefined && { pollGraceMs }),
    ...(retryGraceMs !== undefined && { retryGraceMs }),
  }
}

/** The event that a caller receives for one of ours; undefined for none. */
function waitEventOf(event: Event): WaitEvent | undefined {
  if (event.type === 'looked' && event.changes.length > 0)
    return { type: 'changed', pipeline: pipelineResultOf(event.pipeline) }
  if (event.type === 'noted' || event.type === 'warned')
    return { type: 'noted', text: event.text, isWarning: event.type === 'warned' }
  return undefined
}

/** Waits for the end of a pipeline, as `wait` does. Throws what `onChange` throws, too. */
export async function waitForEnd(options: WaitOptions, clock: CallClock = realTime): Promise<PipelineResult> {
  checkPipelineOptions(options, waitTable)
  let thrown: { error: unknown } | undefined
  const report: CallForm['report'] = async (event, secrets) => {
    const told = waitEventOf(event)
    try {
      if (told) await options.onChange?.(secrets.redactData(told))
    } catch (error) {
      thrown = { error }
      throw error
    }
  }
  const openMs = Math.max(defaultTimeoutMs, options.pollGraceMs ?? defaultPollGraceMs)
  const follow = planOf(options)
  const form = { options, table: waitTable, clock, follow, report, retries: Infinity, openMs }
  try {
    return await onPipeline(form, waitOn(options))
  } catch (error) {
    throw thrown ? thrown.error : error
  }
}

const waitOn =
  (options: WaitOptions) =>
  async (call: OpenCall): Promise<PipelineResult> => {
    const { open, opened, context, budget, since } = call
    budget.lift()
    const serverNow = (): number => opened.serverNow(open)
    const followed = followedOf(open, { interval: opened.interval, since, serverNow }, context)
    const following = { ...plainSettings(call, options), reports: noReports }
    const { pipeline = open.first, failure } = await follow(followed, undefined, following)
    const result = pipelineResultOf(pipeline)
    if (failure) throw new PipelineError(failure, result)
    return result
  }
