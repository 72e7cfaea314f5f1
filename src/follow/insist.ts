/** What an error of a look means for the next one. */
export type Judgement =
  /** The same may work a moment later; `pauseMs` is how long the server wants us to wait. */
  | { kind: 'passing'; pauseMs: number | undefined }
  /** It will not. */
  | { kind: 'final' }

/** The clock of a watch; `sleep` rejects when it is stopped. */
export interface Clock {
  /** ms since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
  /** Calls `expired` after `ms` unless the returned function was called before. */
  alarm(ms: number, expired: () => void): () => void
}

/** How long faults are lived with, and who is told. */
export interface Patience {
  clock: Clock
  /** How long looks may go on failing, in ms. */
  graceMs: number
  /** `failures` is how many have failed in a row, this one counted. Undefined for an error that is not of a look. */
  judge(error: unknown, failures: number): Judgement | undefined
  /** Is told of a fault that is lived with, and for how long it has been so, in ms. */
  troubled(error: unknown, forMs: number): Promise<void>
}

/** Contact was lost for longer than the grace. */
export class LostContact extends Error {
  override name = 'LostContact'

  constructor(cause: unknown, forMs: number) {
    const why = cause instanceof Error ? cause.message : 'no answer'
    super(`contact was lost for ${Math.round(forMs / 1000)} s: ${why}`, { cause })
  }
}

const firstPauseMs = 1000
const longestPauseMs = 30_000

/** Does `work` again until it succeeds: no single fault ends it, only the grace does. Throws a LostContact, or an error that is final. */
export async function insist<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, graceMs } = patience
  let since: number | undefined
  for (let failures = 1; ; failures += 1) {
    try {
      return await work()
    } catch (error) {
      const judgement = patience.judge(error, failures)
      if (judgement?.kind !== 'passing') throw error
      since ??= clock.now()
      const wanted = judgement.pauseMs ?? Math.min(longestPauseMs, firstPauseMs * 1.5 ** (failures - 1))
      const forMs = clock.now() - since
      if (forMs + wanted > graceMs) throw new LostContact(error, forMs)
      await patience.troubled(error, forMs)
      await clock.sleep(wanted)
    }
  }
}
