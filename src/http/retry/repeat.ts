import type { HttpRequest, OpenAnswer, Outcome } from '../message.ts'
import { readRetryDelay, type Timing } from './delays.ts'
import { startGrace, type PollPolicy } from './grace.ts'

/** What a command allows its requests, besides the row of their policy. */
export interface RepeatOptions {
  timing: Timing
  /** `--retry`: how often a server is tried again that does not listen. */
  retries: number
  /** Ends everything. */
  signal: AbortSignal
  /** Receives each pause before the same request is sent again, in ms. */
  pausing: (ms: number, request: HttpRequest, outcome: Outcome) => void
}

/** How long a read is repeated where the command has no deadline, in ms. */
const longestRepeatMs = 600_000

/** Sends a request once. */
type Send<T> = (request: HttpRequest) => Promise<T>

/**
 * Sends a request again after transient failures, when the server wants it, at most `attempts` times and until the deadline would be over. The
 * outcome of a change has those before it as `earlier`, since one of these may have been processed. Rejects only when the command is stopped in the meantime.
 */
export async function repeatTransient<T extends Outcome | OpenAnswer>(
  request: HttpRequest,
  send: Send<T>,
  attempts: number,
  { timing, retries, signal, pausing }: RepeatOptions,
): Promise<T> {
  const longest = timing.now() + longestRepeatMs
  const earlier: Outcome[] = []
  for (let attempt = 1; ; attempt += 1) {
    const sent = await send(request)
    const outcome = earlier.length > 0 && sent.kind !== 'open' ? { ...sent, earlier: [...earlier] } : sent
    if (outcome.kind === 'open' || attempt === attempts || signal.aborted) return outcome
    const now = timing.now()
    const pauseMs = readRetryDelay(outcome, attempt, retries, now, timing.random())
    const until = timing.deadline === Infinity ? longest : timing.deadline
    if (pauseMs === null || now + pauseMs >= until) return outcome
    if (request.method !== 'GET') earlier.push(outcome)
    pausing(pauseMs, request, outcome)
    await timing.sleep(pauseMs)
  }
}

/** Pauses before a body is read again from its beginning, in ms. */
const bodyPausesMs = [1000, 4000, 15_000]

async function* noticing(body: OpenAnswer['body'], broke: () => void): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (error) {
    broke()
    throw error
  }
}

/**
 * Opens a body, which is repeated as its policy says, and reads it with `read`, from its beginning again where it broke off. Throws what `open` and
 * `read` throw, and the error of a body that broke off too often.
 */
export async function repeatBroken<T>(
  open: () => Promise<OpenAnswer>,
  read: (body: OpenAnswer['body']) => Promise<T>,
  { timing, signal }: Pick<RepeatOptions, 'timing' | 'signal'>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const pauseMs = bodyPausesMs[attempt]
    const state = { isBroken: false }
    const { body } = await open()
    try {
      return await read(
        noticing(body, () => {
          state.isBroken = true
        }),
      )
    } catch (error) {
      if (!state.isBroken || pauseMs === undefined || signal.aborted) throw error
      await timing.sleep(pauseMs)
    }
  }
}

/**
 * Sends a poll again until the grace of its policy has passed, at most `attempts` times; `contactLost` of the outcome tells then for how long it
 * failed. Rejects when the poll is stopped in the meantime.
 */
export async function repeatPoll<T extends Outcome | OpenAnswer>(
  request: HttpRequest,
  send: Send<T>,
  attempts: number,
  policy: PollPolicy,
  signal: AbortSignal,
): Promise<T> {
  const grace = startGrace(policy)
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await send(request)
    policy.ended?.throwIfAborted()
    if (outcome.kind === 'open' || attempt === attempts || signal.aborted) return outcome
    const fault = policy.judge(outcome)
    if (!fault) return outcome
    const next = await grace.wait(fault)
    if (next === 'again') continue
    return next === 'final' ? outcome : { ...outcome, contactLost: next.contactLost }
  }
}
