import type { Job, Pipeline } from '../gitlab/pipeline.ts'
import { hasStarted, isFinished } from '../status.ts'
import { changesBetween, jobsIn, type Change } from './changes.ts'
import { insist, LostContact, type Patience } from './insist.ts'
import type { Pace } from './pace.ts'
import { jobsToPlay, nameOf, verdictOf, type Policy } from './verdict.ts'

/** How long each part of a watch may take, in ms; undefined: as long as it takes. */
export interface Limits {
  /** Until something of it has started. */
  queueMs: number | undefined
  /** From its start to its end. */
  runMs: number | undefined
  /** All of it. */
  totalMs: number | undefined
  /** How long one that did not succeed is looked at again, in case somebody retries it. */
  retryGraceMs: number
}

/** How a watch ended. */
export type Ending =
  | { kind: 'over'; pipeline: Pipeline; isGood: boolean; sentence: string }
  /** A limit was reached. */
  | { kind: 'limit'; pipeline: Pipeline; sentence: string }
  /** Looks failed for too long, or cannot work any more. */
  | { kind: 'lost'; pipeline: Pipeline | undefined; error: unknown }

/** What a watch does besides looking. */
export interface Watcher {
  look(): Promise<Pipeline>
  /** Is told of every look. */
  saw(pipeline: Pipeline, changes: readonly Change[], trouble: string): Promise<void>
  /** Is called every second between looks, for what shows the time; undefined: nothing does. */
  tick: (() => Promise<void>) | undefined
  /** Starts a job that waits for a person. */
  play(job: Job, pipeline: Pipeline): Promise<void>
}

const tickMs = 1000

/** Why nothing of a pipeline has started, in words. */
function whyQueued(pipeline: Pipeline): string {
  const waiting = jobsIn(pipeline)
    .map(({ job }) => job)
    .filter(({ waits }) => waits !== '')
  const [first] = waiting
  if (first) return `${first.name ?? first.id} (${first.status ?? 'waiting'}): ${first.waits}`
  return `it is ${pipeline.status}${pipeline.jobs.length === 0 ? ', without jobs' : ''}`
}

const minutes = (ms: number): string => (ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`)

const isStarted = (pipeline: Pipeline): boolean =>
  pipeline.startedAt !== null || jobsIn(pipeline).some(({ job }) => hasStarted(job.status))

/** Sleeps, with a tick every second if somebody shows the time. */
async function pauseFor(ms: number, clock: Patience['clock'], tick: Watcher['tick']): Promise<void> {
  if (!tick) return clock.sleep(ms)
  for (let left = ms; left > 0; left -= tickMs) {
    await clock.sleep(Math.min(left, tickMs))
    if (left > tickMs) await tick()
  }
}

/**
 * Looks at a pipeline until it is over under a policy, a limit is reached or contact is lost for longer than the patience's grace. One that did
 * not succeed is looked at for a grace longer: a retry sets it going again. Throws only an abort's reason.
 */
export async function watch(
  watcher: Watcher,
  policy: Policy,
  limits: Limits,
  patience: Patience,
  pace: Pace,
): Promise<Ending> {
  const { clock } = patience
  const begin = clock.now()
  let last: Pipeline | undefined
  let changedAt = begin
  let startedAt: number | undefined
  let overSince: number | undefined
  const played = new Set<number>()
  const deadline = (): number => nextDeadline(limits, begin, startedAt, overSince)
  const look = (): Promise<Pipeline> =>
    insist(() => watcher.look(), {
      ...patience,
      async troubled(error, forMs) {
        await patience.troubled(error, forMs)
        if (last) await watcher.saw(last, [], error instanceof Error ? error.message : '')
      },
    })
  for (;;) {
    let pipeline: Pipeline
    try {
      pipeline = await before(deadline() - clock.now(), look(), clock)
    } catch (error) {
      const isLimit = error instanceof LimitReached
      if (isLimit && last) return { kind: 'limit', pipeline: last, sentence: silence(last) }
      if (isLimit || error instanceof LostContact || patience.judge(error, Infinity)) {
        return { kind: 'lost', pipeline: last, error }
      }
      throw error
    }
    const changes = changesBetween(last, pipeline)
    const now = clock.now()
    if (changes.length > 0) changedAt = now
    last = pipeline
    await watcher.saw(pipeline, changes, '')
    const toPlay = jobsToPlay(pipeline, policy).filter(({ job }) => !played.has(job.id))
    for (const { job, pipeline: of } of toPlay) {
      played.add(job.id)
      await watcher.play(job, of)
    }
    const verdict = verdictOf(pipeline, policy)
    if (verdict.kind === 'over' && toPlay.length === 0) {
      overSince ??= now
      const isSure = verdict.isGood && !pipeline.isGuessed
      if (isSure || now - overSince >= limits.retryGraceMs) return { ...verdict, pipeline }
    } else {
      overSince = undefined
      if (isStarted(pipeline)) startedAt ??= now
      const limit = limitReached(pipeline, limits, begin, startedAt, now)
      if (limit !== undefined) return { kind: 'limit', pipeline, sentence: limit }
    }
    const quiet = overSince === undefined ? now - changedAt : 0
    const pause = Math.min(pace.pause(now, quiet), Math.max(deadline() - now, 1))
    await pauseFor(pause, clock, watcher.tick)
  }
}

/** A look was not over when a limit was reached. */
class LimitReached extends Error {
  override name = 'LimitReached'
}

const silence = (pipeline: Pipeline): string =>
  `The time limit is over; ${nameOf(pipeline)} was ${pipeline.status} when it was last seen.`

/** What `work` resolves to, if it does within `ms`; it is given up else. */
async function before<T>(ms: number, work: Promise<T>, clock: Patience['clock']): Promise<T> {
  if (ms === Infinity) return work
  let cancel: () => void = () => undefined
  const expired = new Promise<never>((_, reject) => {
    cancel = clock.alarm(ms, () => {
      reject(new LimitReached('the time limit is over'))
    })
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    cancel()
    work.catch(() => undefined)
  }
}

function limitReached(
  pipeline: Pipeline,
  { queueMs, runMs, totalMs }: Limits,
  begin: number,
  startedAt: number | undefined,
  now: number,
): string | undefined {
  if (totalMs !== undefined && now - begin >= totalMs) {
    return `${nameOf(pipeline)} is still ${pipeline.status} after ${minutes(totalMs)}.`
  }
  if (startedAt === undefined && queueMs !== undefined && now - begin >= queueMs) {
    return `Nothing of ${nameOf(pipeline)} has started within ${minutes(queueMs)}: ${whyQueued(pipeline)}.`
  }
  if (
    startedAt !== undefined &&
    runMs !== undefined &&
    now - startedAt >= runMs &&
    !isFinished(pipeline.status)
  ) {
    return `${nameOf(pipeline)} has run for ${minutes(runMs)} and is still ${pipeline.status}.`
  }
  return undefined
}

/** When the next limit is reached, so that a slow pace does not overshoot it, in ms since 1970. */
function nextDeadline(
  { queueMs = Infinity, runMs = Infinity, totalMs = Infinity, retryGraceMs }: Limits,
  begin: number,
  startedAt: number | undefined,
  overSince: number | undefined,
): number {
  const part = startedAt === undefined ? begin + queueMs : startedAt + runMs
  return Math.min(begin + totalMs, overSince === undefined ? part : overSince + retryGraceMs)
}
