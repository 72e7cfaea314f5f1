import { optionally, type TimeLimits } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError } from '../core/errors.ts'
import type { Reporter } from '../events.ts'
import type { RequestLimits } from '../http/http-session.ts'
import { requestLimits } from './retry-policy.ts'

/** What a command has when it reads something that it can do without. */
export interface OptionalReading {
  context: Context
  /** The limits of the whole command. */
  budget: TimeLimits
  report: Reporter
}

/**
 * Reads something optional, within a quarter of the time that is left, 10 s at most. Resolves to
 * `without` after that, and says so. Throws what `read` throws.
 */
export async function optionalRead<T, U>(
  what: string,
  without: U,
  { context, budget, report }: OptionalReading,
  read: (limits: RequestLimits) => Promise<T>,
): Promise<T | U> {
  const found = await optionally(context, budget, (part) => read(requestLimits(context, part)))
  if (found !== 'too late') return found
  await report(tooLate(what))
  return without
}

const tooLate = (what: string) =>
  ({
    type: 'warned',
    text: `${what} could not be read in time; continuing without it.`,
    isGrave: true,
  }) as const

/** How long the answers to optional reads are waited for, in ms, and as a part of the time that is left. */
const waitingMs = 10_000
const waitingPart = 1 / 4

/** One answer that does not come is no reason to continue without what the next would tell. */
const attempts = 2

/**
 * The same where only the time counts in which an answer is waited for, at the end of a command: a pause that the
 * server asks for (Retry-After) may take what is left of the whole.
 */
export async function optionalAnswer<T, U>(
  what: string,
  without: U,
  { context, budget, report }: OptionalReading,
  read: (limits: RequestLimits) => Promise<T>,
): Promise<T | U> {
  const attemptMs = Math.min(waitingMs, (budget.deadline - context.now()) * waitingPart) / attempts
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const answering = limitAnswers(attemptMs, context, budget)
    try {
      return await read(answering.limits)
    } catch (error) {
      if (!answering.isLate() || budget.signal.aborted) throw error
    } finally {
      answering.end()
    }
  }
  await report(tooLate(what))
  return without
}

/** Limits for reads that may take this long together, in ms, pauses between them not counted. */
function limitAnswers(
  ms: number,
  context: Context,
  budget: TimeLimits,
): { limits: RequestLimits; isLate(): boolean; end(): void } {
  const late = new AbortController()
  let leftMs = ms
  const wait = (): (() => void) => {
    const begin = context.now()
    const stop = context.alarm(leftMs, () => {
      late.abort(new DeadlineError('no answer in time'))
    })
    return () => {
      stop()
      leftMs -= context.now() - begin
    }
  }
  let stopWaiting = wait()
  const signal = AbortSignal.any([budget.signal, late.signal])
  const { timing } = requestLimits(context, { signal, deadline: budget.deadline })
  const sleep = (pauseMs: number): Promise<void> => {
    stopWaiting()
    return timing.sleep(pauseMs).finally(() => {
      stopWaiting = wait()
    })
  }
  return {
    limits: { signal, timing: { ...timing, sleep } },
    isLate: () => late.signal.aborted,
    end: () => {
      stopWaiting()
    },
  }
}
