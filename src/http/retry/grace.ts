import type { Outcome } from '../message.ts'

/** What a failed poll means for the next one. */
export interface Fault {
  /**
   * `transient`: it may work a moment later. `doubtful`: it may not be the last word, as a 404 of a replica that lags behind or a 401 while a token
   * is replaced; several in a row are.
   */
  kind: 'transient' | 'doubtful'
  /** How long the server wants us to wait, in ms. */
  pauseMs?: number | undefined
  /** What went wrong, in words. */
  message: string
}

/** A clock whose sleep can be ended. */
export interface Clock {
  /** ms since 1970. */
  now(): number
  /** How often the process has stood still (core/context.ts). */
  suspensions(): number
  /** Rejects when the command is stopped, or when `ended` aborts. */
  sleep(ms: number, ended?: AbortSignal): Promise<void>
  /** Calls `expired` after `ms` unless the returned function was called before. */
  alarm(ms: number, expired: () => void): () => void
}

/** For how long polls may fail, and who hears of it. */
export interface PollPolicy {
  clock: Clock
  /** How long polls may keep failing, in ms. */
  graceMs: number
  /** What an outcome means; undefined for success, and for a failure that is final. */
  judge(outcome: Outcome): Fault | undefined
  /** What the error of a body that broke off means; undefined for any other error. */
  judgeBody(error: unknown): Fault | undefined
  /** Whether an error says that the server refuses what was polled, for good. */
  isRefusal(error: unknown): boolean
  /** Receives the message of each fault after which the poll is repeated. */
  onFault(message: string): Promise<void>
  /** The least pause after a fault, in ms. */
  leastPauseMs(): number
  /** Ends the poll before its time. */
  ended?: AbortSignal
}

/** An answer that cannot be what was asked for, as a page of something in between: a moment later it may be. */
export class UnusableAnswer extends Error {
  override name = 'UnusableAnswer'
}

/** The connection was lost for longer than the policy allows. Its cause is the last failure. */
export class LostContact extends Error {
  override name = 'LostContact'
}

/**
 * The same policy for what has never been read yet: that it is refused (401, 403) is believed at once, so that
 * what may not be read does not hold up the rest.
 */
export function believingRefusals(policy: PollPolicy): PollPolicy {
  return {
    ...policy,
    judge(outcome) {
      const isRefused = outcome.kind === 'answer' && (outcome.status === 401 || outcome.status === 403)
      const fault = policy.judge(outcome)
      return isRefused && fault?.kind === 'doubtful' ? undefined : fault
    },
  }
}

/** Counts the faults in a row of one poll. */
export interface Grace {
  /** Waits before the next attempt, unless there is none: the fault was doubtful too often, or the grace would be over. */
  wait(fault: Fault): Promise<'again' | 'final' | { contactLost: string }>
}

/** Rounded up, so that it is never "0 s". */
const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`

const firstPauseMs = 1000
const longestPauseMs = 30_000
/** The longest pause that a server's Retry-After makes, in ms: it may have ended earlier, and the pipeline ends in the meantime. */
export const longestRetryAfterMs = 60_000
/** This many doubtful faults in a row, over this many ms, are the last word. */
const fewestDoubtful = 3
const doubtfulMs = 10_000
/** Pauses after doubtful faults, in ms: a replica is there after one, a new token or a gateway after all of them. */
const doubtfulPausesMs = [1000, 4000, 5000]

/** The grace of one poll, counted from now on. */
export function startGrace(policy: PollPolicy): Grace {
  const { clock, graceMs, ended } = policy
  const since = clock.now()
  let doubtful = 0
  let doubtfulSince = since
  let failures = 0
  let suspensions = clock.suspensions()
  return {
    async wait(fault) {
      const now = clock.now()
      const isFirst = doubtful === 0
      doubtful = fault.kind === 'doubtful' ? doubtful + 1 : 0
      if (isFirst) doubtfulSince = now
      if (doubtful >= fewestDoubtful && now - doubtfulSince >= doubtfulMs) return 'final'
      const leftMs = since + graceMs - now
      const wantedMs = Math.min(fault.pauseMs ?? 0, longestRetryAfterMs, leftMs)
      const backOffMs =
        doubtfulPausesMs[doubtful - 1] ?? Math.min(longestPauseMs, firstPauseMs * 1.5 ** failures)
      const pauseMs = Math.max(wantedMs, backOffMs)
      // What failed while the process stood still tells nothing of the server.
      const hasStoodStill = clock.suspensions() !== suspensions
      suspensions = clock.suspensions()
      if (backOffMs > leftMs && !hasStoodStill) {
        return {
          contactLost:
            (fault.pauseMs ?? 0) > backOffMs
              ? `the server asked to wait another ${seconds(fault.pauseMs ?? 0)}`
              : `lost connection to the server for ${seconds(now - since)}`,
        }
      }
      failures += 1
      await policy.onFault(fault.message)
      // What the server wants to be spared must not outlast the grace.
      const leastMs = Math.min(policy.leastPauseMs(), Math.max(firstPauseMs, leftMs))
      await clock.sleep(Math.max(hasStoodStill ? firstPauseMs : pauseMs, leastMs), ended)
      return 'again'
    },
  }
}
