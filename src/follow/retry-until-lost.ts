/** What an error of a look means for the next one. */
export type Fault =
  /** The same may work a moment later; `pauseMs` is how long the server wants us to wait. */
  | { kind: 'passing'; pauseMs: number | undefined }
  /** It may not be the last word: only a few in a row are. */
  | { kind: 'doubtful' }
  /** It will not. */
  | { kind: 'final' }

/** The clock of a watch; `sleep` rejects when the watch is stopped, or when `ended` aborts. */
export interface Clock {
  /** ms since 1970. */
  now(): number
  sleep(ms: number, ended?: AbortSignal): Promise<void>
  /** Calls `expired` after `ms` unless the returned function was called before. */
  alarm(ms: number, expired: () => void): () => void
}

/** How long faults are lived with, and who is told. */
export interface PollPolicy {
  clock: Clock
  /** How long looks may go on failing, in ms. */
  graceMs: number
  /** Undefined for an error that is not of a look. */
  judge(error: unknown): Fault | undefined
  /** Is told of a fault that is lived with. */
  troubled(error: unknown): Promise<void>
  /** The least pause after a fault, in ms. */
  leastPauseMs(): number
}

const words = (error: unknown): string => (error instanceof Error ? error.message : 'no answer')

/** Contact was lost for longer than the grace. */
export class LostContact extends Error {
  override name = 'LostContact'
}

/** Rounded up, so that it is never "0 s". */
const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`

function lostContact(error: unknown, forMs: number, wantedMs: number): LostContact {
  const what =
    wantedMs > 0
      ? `the server wants no request for another ${seconds(wantedMs)}`
      : `contact was lost for ${seconds(forMs)}`
  return new LostContact(`${what}: ${words(error)}`, { cause: error })
}

const firstPauseMs = 1000
const longestPauseMs = 30_000
/** So many doubtful faults in a row are lived with. */
const mostDoubtful = 3

/**
 * Does `work` again until it succeeds: no single fault ends it, only the grace does. Throws a LostContact, an error that is final, or the reason of
 * `ended`.
 */
export async function retryUntilLost<T>(
  work: () => Promise<T>,
  patience: PollPolicy,
  ended?: AbortSignal,
): Promise<T> {
  const { clock, graceMs } = patience
  let since: number | undefined
  let doubtful = 0
  for (let failures = 0; ; failures += 1) {
    const begun = clock.now()
    try {
      return await work()
    } catch (error) {
      ended?.throwIfAborted()
      const judgement = patience.judge(error)
      doubtful = judgement?.kind === 'doubtful' ? doubtful + 1 : 0
      if (!judgement || judgement.kind === 'final' || doubtful > mostDoubtful) throw error
      since ??= begun
      const forMs = clock.now() - since
      const wantedMs = judgement.kind === 'passing' ? (judgement.pauseMs ?? 0) : 0
      const backOffMs = Math.min(longestPauseMs, firstPauseMs * 1.5 ** failures)
      if (forMs + Math.max(wantedMs, backOffMs) > graceMs) {
        throw lostContact(error, forMs, wantedMs > backOffMs ? wantedMs : 0)
      }
      await patience.troubled(error)
      await clock.sleep(Math.max(wantedMs, backOffMs, patience.leastPauseMs()), ended)
    }
  }
}
