import { isFinished } from '../core/status.ts'
import { requestRate, requestTurn, type RequestRate } from '../http/request-rate.ts'
import { pipelineName } from '../follow/verdict.ts'
import type { Client } from '../gitlab/api/client.ts'
import { UnconfirmedChange, isApiFailure } from '../gitlab/api/reader.ts'
import { requestCancel, type CancelRequests } from '../gitlab/pipelines/cancel.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { PollPolicy } from '../http/retry/grace.ts'

/**
 * How far canceling has got. It is changed while that continues, so that the message is true whenever it is
 * interrupted.
 */
export interface CancelProgress extends CancelRequests {
  /** The pipeline before anything was canceled. */
  before: Pipeline
  /** As it was last seen. */
  now: Pipeline
}

/** The start of canceling a pipeline that was just read. */
export function cancelingOf(before: Pipeline): CancelProgress {
  return { before, now: before, pipelines: [], paths: new Set(), refusals: [] }
}

/** How fast a pipeline is canceled. */
export interface CancelPace {
  poll: PollPolicy
  /** Counts all requests, and says when to look again. */
  interval: RequestRate
  /** The time limit, in ms since 1970. */
  until: number
}

const pauseMs = 1000
/** The last look before the limit starts this much earlier, in ms, to be complete in time. */
const lastLookMs = 2000

/**
 * GitLab does not cancel a pipeline that waits for a manual job. Seen in that state this many times in a row,
 * it counts as stopped; once, a job may be on its way.
 */
const timesAtRest = 2

/** The pipeline after a request to cancel that was not confirmed, where it stops all the same. Rethrows `error` where it does not, or cannot be read. */
async function lookAfter(
  error: UnconfirmedChange,
  source: PipelineSource,
  polling: PollPolicy,
): Promise<Pipeline> {
  const now = await source.look(polling).catch((failure: unknown) => {
    throw isApiFailure(failure) ? error : failure
  })
  if (!isFinished(now.status) && now.status !== 'canceling') throw error
  return now
}

/**
 * Cancels a pipeline, and with `withDownstream` what is downstream of it, and reads it until it has ended or
 * nothing of it runs; what it starts in the meantime is canceled too. Transient failures are retried. Throws an
 * ApiError where it is refused, an UnconfirmedChange where it is not known whether it was asked, a LostContact, and what ends the clock of `polling`.
 */
export async function cancelTree(
  client: Client,
  source: PipelineSource,
  progress: CancelProgress,
  withDownstream: boolean,
  { poll: polling, interval, until }: CancelPace,
): Promise<void> {
  const { clock } = polling
  // What was read must not hold up what is to stop, but later looks.
  const requests = requestRate()
  const inTurn = requestTurn(requests, clock)
  const turn = async (): Promise<void> => {
    await inTurn()
    requests.spend(clock.now())
  }
  let atRest = 0
  for (;;) {
    await requestCancel(client, progress.now, withDownstream, progress, turn).catch(
      async (error: unknown) => {
        if (!(error instanceof UnconfirmedChange)) throw error
        progress.now = await lookAfter(error, source, polling)
      },
    )
    if (isFinished(progress.now.status) || atRest === timesAtRest) return
    // Also the first time: a job that runs takes a moment to stop.
    const now = clock.now()
    await clock.sleep(Math.max(pauseMs, Math.min(interval.owed(now), until - now - lastLookMs)))
    progress.now = await source.look(polling)
    atRest = progress.now.status === 'manual' ? atRest + 1 : 0
  }
}

/** Says what became of canceling, since GitLab answers 200 also where nothing could be canceled. */
export function canceledSentence({ before, now, pipelines, refusals }: CancelProgress): string {
  const name = pipelineName(now)
  const rest = refusals.length === 0 ? '' : `; not canceled: ${refusals.join('; ')}`
  if (isFinished(before.status)) {
    const below = pipelines.filter(({ id }) => id !== before.id).map(({ id }) => id)
    const also = below.length === 0 ? '' : `; what it had started was asked to cancel: ${below.join(', ')}`
    return `${name} had already finished (${before.status})${also}${rest}.`
  }
  if (now.status === 'canceled') return `${name} was canceled${rest}.`
  if (isFinished(now.status)) return `${name} finished before it could be canceled (${now.status})${rest}.`
  if (now.status === 'manual')
    return `${name} is waiting for manual action, which GitLab does not cancel; none of its jobs is running${rest}.`
  return now.status === 'canceling'
    ? `${name} is being canceled${rest}.`
    : `${name} was asked to cancel, and is still ${now.status}${rest}.`
}
