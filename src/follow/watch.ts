import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'
import { changesBetween, type Change } from './changes.ts'
import type { Clock } from '../http/retry/grace.ts'
import { deadlineOf, isStarted, limitSentence, type Limits, type Times } from './limits.ts'
import type { PollInterval } from './poll-interval.ts'
import { manualJobStarter, type StartJob } from './manual-jobs.ts'
import { verdictOf, type Policy, type PipelineVerdict } from './verdict.ts'

/** The result of following a pipeline. */
export type WatchResult =
  | { kind: 'over'; pipeline: Pipeline; isGood: boolean; sentence: string }
  /** A time limit was reached first. */
  | { kind: 'limit'; pipeline: Pipeline; sentence: string }
  /** Requests failed for too long, or cannot succeed any more. */
  | { kind: 'lost'; pipeline: Pipeline | undefined; error: unknown }

/** Options of one poll. */
export interface PollOptions {
  /** Aborts the poll. */
  ended: AbortSignal
  /** Called with the message of each error after which the poll is repeated. */
  onFault(message: string): Promise<void>
}

/** The caller's functions for following a pipeline. */
export interface Watcher {
  clock: Clock
  poll(options: PollOptions): Promise<Pipeline>
  /** Whether an error means that polling cannot succeed, or has failed for too long. */
  isFailure(error: unknown): boolean
  /** Called after every poll; `trouble` is the error message of a failed attempt. */
  onPoll(pipeline: Pipeline, changes: readonly Change[], trouble: string): Promise<void>
  /** Called every second between polls, to update displayed times; undefined if none are displayed. */
  onTick: (() => Promise<void>) | undefined
  startJob: StartJob
}

const tickMs = 1000
/** Allowed difference between the server's clock and this one, in ms. */
const skewMs = 60_000
/** The last poll before a limit starts this much earlier, in ms, to be complete in time. */
const lastPollMs = 2000

/** Sleeps, calling `tick` every second if it is defined. */
async function pauseFor(ms: number, clock: Clock, onTick: Watcher['onTick']): Promise<void> {
  if (!onTick) return clock.sleep(ms)
  for (let left = ms; left > 0; left -= tickMs) {
    await clock.sleep(Math.min(left, tickMs))
    if (left > tickMs) await onTick()
  }
}

/**
 * Polls a pipeline until it ends under `policy`, a limit is reached, or the connection is lost. A failed
 * pipeline is polled for `limits.retryGraceMs` longer, because a retry sets it running again. Throws the
 * reason of an abort, and errors that are not failures of a poll.
 */
export async function watch(
  watcher: Watcher,
  policy: Policy,
  limits: Limits,
  interval: PollInterval,
): Promise<WatchResult> {
  const { clock } = watcher
  const times: Times = { begin: clock.now(), startedAt: undefined, overSince: undefined }
  const manualJobs = manualJobStarter(policy, (job, pipeline) => watcher.startJob(job, pipeline))
  let last: Pipeline | undefined
  let verdict: PipelineVerdict = { kind: 'moving' }
  let changedAt = times.begin
  let wasBlocked = false
  const poll = (ended: AbortSignal): Promise<Pipeline> =>
    watcher.poll({
      ended,
      onFault: (message) => (last ? watcher.onPoll(last, [], message) : Promise.resolve()),
    })
  const atLimit = (pipeline: Pipeline): WatchResult =>
    verdict.kind === 'over'
      ? { ...verdict, pipeline }
      : { kind: 'limit', pipeline, sentence: limitSentence(pipeline, limits, times, clock.now()) }
  /** What is shown and started of a pipeline must be over at its limits, too. */
  const inTime = async <T>(work: () => Promise<T>): Promise<T | 'too late'> => {
    const now = clock.now()
    // What takes so long may hide that a job has started.
    const assumed = { ...times, startedAt: times.startedAt ?? now }
    const until = Math.min(deadlineOf(limits, times), deadlineOf(limits, assumed))
    try {
      return await within(Math.max(0, until - now), work, clock)
    } catch (error) {
      if (error instanceof LimitReached) return 'too late'
      throw error
    }
  }
  for (;;) {
    const left = deadlineOf(limits, times) - clock.now()
    if (left <= 0 && last) return atLimit(last)
    let pipeline: Pipeline
    try {
      pipeline = await within(left, poll, clock)
    } catch (error) {
      const isLimit = error instanceof LimitReached
      if (!isLimit && !watcher.isFailure(error)) throw error
      // The last known state stands, except a success that was only derived from the jobs.
      if (verdict.kind === 'over' && verdict.isGood && last?.isGuessed) verdict = { kind: 'moving' }
      if (last && (isLimit || verdict.kind === 'over')) return atLimit(last)
      return { kind: 'lost', pipeline: last, error }
    }
    const isFirst = last === undefined
    const changes = changesBetween(last, pipeline)
    const now = clock.now()
    if (changes.length > 0) changedAt = now
    last = pipeline
    if (isStarted(pipeline)) times.startedAt ??= now
    const isPlaying = await inTime(async () => {
      await watcher.onPoll(pipeline, changes, '')
      return manualJobs.play(pipeline)
    })
    verdict = isPlaying === true ? { kind: 'moving' } : verdictOf(pipeline, policy, manualJobs.notStarted())
    if (isPlaying === 'too late') {
      if (verdict.kind === 'over' && verdict.isGood && pipeline.isGuessed) verdict = { kind: 'moving' }
      return atLimit(pipeline)
    }
    // A pipeline may appear blocked between two jobs, so it must be seen blocked twice in a row.
    const isBlocked = verdict.kind === 'over' && !isFinished(pipeline.status) && pipeline.status !== 'manual'
    if (isBlocked && !wasBlocked) verdict = { kind: 'moving' }
    wasBlocked = isBlocked
    if (verdict.kind === 'over') {
      times.overSince ??= now
      const isSure = verdict.isGood && !pipeline.isGuessed
      const isLongOver = isFirst && (pipeline.finishedAt ?? now) < now - limits.retryGraceMs - skewMs
      if (isSure || isLongOver || now - times.overSince >= limits.retryGraceMs)
        return { ...verdict, pipeline }
    } else {
      times.overSince = undefined
    }
    const rest = deadlineOf(limits, times) - clock.now()
    const quiet = times.overSince === undefined ? now - changedAt : 0
    const pauseMs = interval.pause(clock.now(), quiet, rest > lastPollMs ? rest - lastPollMs : rest)
    await inTime(() => pauseFor(Math.max(1, Math.min(pauseMs, rest)), clock, watcher.onTick))
  }
}

/** A poll did not finish before a limit. */
class LimitReached extends Error {
  override name = 'LimitReached'
}

/** Awaits `work` for at most `ms`, else aborts it and throws a LimitReached. */
async function within<T>(ms: number, work: (ended: AbortSignal) => Promise<T>, clock: Clock): Promise<T> {
  const controller = new AbortController()
  const working = work(controller.signal)
  if (ms === Infinity) return working
  let cancel: () => void = () => undefined
  const expired = new Promise<never>((_, reject) => {
    cancel = clock.alarm(ms, () => {
      const reached = new LimitReached('the time limit is over')
      controller.abort(reached)
      reject(reached)
    })
  })
  try {
    return await Promise.race([working, expired])
  } finally {
    cancel()
    working.catch(() => undefined)
  }
}
