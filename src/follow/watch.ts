import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'
import { changesBetween } from './changes.ts'
import type { Clock } from '../http/retry/grace.ts'
import { isAsBefore, judgeCutLook, withoutGuess, type Known } from './cut-look.ts'
import { deadlineOf, durationInWords, isStarted, limitSentence, type Limits, type Times } from './limits.ts'
import type { PollInterval } from './poll-interval.ts'
import { manualJobStarter } from './manual-jobs.ts'
import { standstill } from './standstill.ts'
import { pipelineName, verdictOf, type Policy, type PipelineVerdict } from './verdict.ts'
import type { Watcher, WatchResult } from './watcher.ts'
import { LimitReached, within } from './within.ts'

const tickMs = 1000
/** Allowed difference between the server's clock and this one, in ms. */
const skewMs = 60_000
/** The last poll before a limit starts this much earlier, in ms, to be complete in time. */
const lastPollMs = 2000
/** What one more look may take after the process stood still, in ms, though a limit has passed in the meantime. */
const freshLookMs = 10_000
/** For this long a pipeline must be blocked, in ms: it may appear so between two jobs. */
const blockedMs = 10_000
/** After this long without a change the reason is reported, in ms. */
const quietMs = 300_000

/** Sleeps, calling `tick` every second if it is defined. */
async function pauseFor(ms: number, clock: Clock, onTick: Watcher['onTick']): Promise<void> {
  if (!onTick) return clock.sleep(ms)
  for (let left = ms; left > 0; left -= tickMs) {
    await clock.sleep(Math.min(left, tickMs))
    if (left > tickMs) await onTick()
  }
}

/** When a pipeline has started, by this machine's clock, in ms since 1970. */
function startOf({ startedAt }: Pipeline, { clock, serverNow }: Watcher): number {
  const runsForMs = startedAt === null || !serverNow ? 0 : Math.max(0, serverNow() - startedAt)
  return clock.now() - runsForMs
}

/**
 * Polls a pipeline until it ends under `policy`, a limit is reached, or the connection is lost. A failed
 * pipeline is polled for `limits.retryGraceMs` longer, because a retry sets it running again. No limit ends it
 * that was reached while the process stood still, before one more look. Throws the reason of an abort, and
 * errors that are not failures of a poll.
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
  let blockedSince: number | undefined
  let hasSaidWhy = false
  let suspensions = clock.suspensions()
  /** What the look that continues has seen of the pipeline itself. */
  const look: { root?: Pipeline | undefined } = {}
  const noteStart = (pipeline: Pipeline): void => {
    if (isStarted(pipeline)) times.startedAt ??= startOf(pipeline, watcher)
  }
  const poll = (ended: AbortSignal): Promise<Pipeline> => {
    look.root = undefined
    return watcher.poll({
      ended,
      onFault: (message) => (last ? watcher.onPoll(last, [], message) : Promise.resolve()),
      onRoot(seen) {
        look.root = seen
        noteStart(seen)
        // It was retried: the grace for that has not begun.
        if (last && !isAsBefore(seen, last)) times.overSince = undefined
      },
    })
  }
  const hasStoodStill = (): boolean => clock.suspensions() !== suspensions
  const isOver = (): boolean => clock.now() >= deadlineOf(limits, times)
  /** The result at a limit: the end that was seen, unless jobs of --play may continue after it. */
  const atLimit = ({ pipeline, verdict: known }: Known & { pipeline: Pipeline }): WatchResult => {
    const played = manualJobs.unfinished(pipeline)
    if (known.kind === 'over' && !(known.isGood && played.length > 0)) return { ...known, pipeline }
    const sentence = limitSentence(pipeline, played, limits, times, clock.now())
    return { kind: 'limit', pipeline, sentence }
  }
  /** What is shown and started of a pipeline must be over at its limits, too. */
  const inTime = async <T>(work: () => Promise<T>): Promise<T | 'too late'> => {
    const now = clock.now()
    // What takes this long may hide that a job has started.
    const assumed = { ...times, startedAt: times.startedAt ?? now }
    const until = Math.min(deadlineOf(limits, times), deadlineOf(limits, assumed))
    try {
      return await within(Math.max(0, until - now), work, clock)
    } catch (error) {
      if (error instanceof LimitReached) return 'too late'
      throw error
    }
  }
  for (let number = 1; ; number += 1) {
    const left = deadlineOf(limits, times) - clock.now()
    // A limit that had passed at the first look is no race between two looks.
    const isOwed = hasStoodStill() || number === 2
    if (left <= 0 && last && !isOwed) return atLimit({ pipeline: last, verdict })
    suspensions = clock.suspensions()
    let pipeline: Pipeline
    try {
      pipeline = await within(isOwed ? Math.max(left, freshLookMs) : left, poll, clock)
    } catch (error) {
      const isLimit = error instanceof LimitReached
      if (isLimit && (last ?? look.root) && hasStoodStill()) continue
      if (!isLimit && !watcher.isFailure(error)) throw error
      // The pipeline itself was seen to have started: that limit does not hold any more.
      if (isLimit && !isOver()) continue
      if (isLimit && look.root) return atLimit(judgeCutLook(look.root, { pipeline: last, verdict }, policy))
      verdict = withoutGuess(verdict, last)
      if (last && (isLimit || verdict.kind === 'over')) return atLimit({ pipeline: last, verdict })
      return { kind: 'lost', pipeline: last, error }
    }
    const isFirst = last === undefined
    const changes = changesBetween(last, pipeline)
    const now = clock.now()
    if (changes.length > 0) {
      changedAt = now
      hasSaidWhy = false
    }
    last = pipeline
    noteStart(pipeline)
    const isPlaying = await inTime(async () => {
      await watcher.onPoll(pipeline, changes, '')
      return manualJobs.play(pipeline)
    })
    if (isPlaying === 'too late' && (hasStoodStill() || !isOver())) continue
    verdict = isPlaying === true ? { kind: 'moving' } : verdictOf(pipeline, policy, manualJobs.notStarted())
    if (isPlaying === 'too late') {
      return atLimit({ pipeline, verdict: withoutGuess(verdict, pipeline) })
    }
    const isBlocked = verdict.kind === 'over' && !isFinished(pipeline.status) && pipeline.status !== 'manual'
    blockedSince = isBlocked ? (blockedSince ?? now) : undefined
    if (isBlocked && now - (blockedSince ?? now) < blockedMs) verdict = { kind: 'moving' }
    if (verdict.kind === 'over') {
      const isSure = verdict.isGood && !pipeline.isGuessed
      // What waits for manual action, or has not run, is not retried.
      const isFinal = !pipeline.isGuessed && !['failed', 'canceled', 'success'].includes(pipeline.status)
      const isLongOver = isFirst && (pipeline.finishedAt ?? now) < now - limits.retryGraceMs - skewMs
      if (isSure || isFinal || isLongOver || now - (times.overSince ?? now) >= limits.retryGraceMs)
        return { ...verdict, pipeline }
      if (times.overSince === undefined && !verdict.isGood)
        await watcher.onNote(
          `${pipelineName(pipeline)} ${pipeline.status === 'failed' ? 'failed' : `finished (${pipeline.status})`}; watching ${durationInWords(limits.retryGraceMs)} more in case it is retried.`,
        )
      times.overSince ??= now
    } else {
      times.overSince = undefined
    }
    const rest = deadlineOf(limits, times) - clock.now()
    const quiet = times.overSince === undefined ? now - changedAt : 0
    if (quiet >= quietMs && !hasSaidWhy) {
      hasSaidWhy = true
      const why = standstill(pipeline)
      if (why !== '')
        await watcher.onNote(
          `${pipelineName(pipeline)}: nothing has changed for ${durationInWords(quiet)}: ${why}.`,
        )
    }
    const untilBlocked = blockedSince === undefined ? Infinity : blockedSince + blockedMs - now
    const atMost = Math.min(rest > lastPollMs ? rest - lastPollMs : rest, Math.max(tickMs, untilBlocked))
    const pauseMs = Math.min(interval.pause(clock.now(), quiet, atMost), rest)
    // Over at the first look: the second is a moment later.
    if (isFirst && rest <= 0) await pauseFor(tickMs, clock, watcher.onTick)
    else await inTime(() => pauseFor(Math.max(1, pauseMs), clock, watcher.onTick))
  }
}
