import type { Build } from '../core/build.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, DeadlineError, TriggerError, usageError } from '../core/errors.ts'
import { dialects } from '../gitlab/api/dialect.ts'
import type { PostOptions } from '../http/retry/post.ts'
import type { PollPolicy } from '../http/retry/grace.ts'
import { ApiError, type Reader } from '../gitlab/api/reader.ts'
import type { Open } from '../gitlab/api/first-allowed.ts'
import { postTrigger, type Triggered, type TriggerOrder } from '../gitlab/trigger/trigger.ts'
import {
  longestRequestMs,
  findMarked,
  findLostPipeline,
  readNewest,
  type SearchResult,
  type PipelineCriteria,
} from '../gitlab/trigger/find-lost-pipeline.ts'
import type { Secret } from '../core/secret.ts'

/** Can look up a build whose answer was lost. */
export interface LostPipelineFinder {
  sought: PipelineCriteria
  /** Looks until `until`, in ms since 1970; `over` changes what is sought. */
  lookUp(until: number, over?: Partial<PipelineCriteria>): Promise<SearchResult>
  /** The newest pipeline, made at `since` (ms since 1970) or later, that carries this marker, whoever made it. Throws as `Reader.get`. */
  findMarked(marker: string, since: number): Promise<Build | undefined>
}

/** Of the time limit, this much is kept for looking a lost build up, in ms. */
const reserveMs = 15_000

/**
 * What is needed to look a lost build up, noted before the trigger: a reader, and the newest pipeline there is. Undefined where it
 * is not wanted or cannot work; throws where --verify or --resume was typed and it cannot (exit 2, 4 or 6, nothing sent).
 */
export async function openVerifier(
  flags: Pick<RunFlags, 'verify' | 'resume'>,
  order: TriggerOrder,
  apiToken: Secret | undefined,
  open: Open<Reader>,
  poll: PollPolicy,
): Promise<LostPipelineFinder | undefined> {
  if (flags.verify === false) return undefined
  if (!apiToken || order.api === 'v3') {
    if (!flags.verify) return undefined
    throw order.api === 'v3'
      ? usageError('--verify: API v3 does not tell which builds a trigger made', 'Leave it out.')
      : usageError('--verify: no API token given', 'Set GITLAB_TRIGGER_API_TOKEN, or use --api-token-file.')
  }
  const reader = open(dialects.v4, { header: 'PRIVATE-TOKEN', token: apiToken })
  const source = order.isJobToken ? 'pipeline' : 'trigger'
  const isNeeded = flags.verify === true || flags.resume === true
  // What was not asked for must not take the time of the trigger itself.
  const first = isNeeded ? reader : reader.with({ attempts: 3 })
  try {
    const baseline = await readNewest(first, { ref: order.ref, source })
    const sought: PipelineCriteria = { ref: order.ref, source, variables: order.variables, baseline }
    return {
      sought,
      lookUp: (until, over) => findLostPipeline(reader, { ...sought, ...over }, poll, until),
      findMarked: (marker, since) => findMarked(reader, sought, marker, since),
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const flag = flags.verify ? '--verify' : flags.resume ? '--resume' : undefined
    if (flag === undefined) return undefined
    throw new TriggerError({
      exit: error.isRefusal ? 'notAccepted' : 'notReached',
      message: `${flag}: the pipelines of project ${order.project} cannot be read: ${error.message}`,
      hint: 'Use an API token with read_api, or --no-verify.',
    })
  }
}

const isLost = (error: unknown): error is TriggerError =>
  error instanceof TriggerError &&
  error.exit === 'unknown' &&
  (error.build.kind === 'unknown' || (error.build.kind === 'triggered' && error.build.build === null))

/**
 * Triggers, and where the answer is lost looks the build up; `adopted` is told of one that was found. Sends no second POST. Throws as
 * `trigger`; what was seen is added to the message.
 */
export async function triggerOrRecover(
  order: TriggerOrder,
  sending: PostOptions,
  verifier: LostPipelineFinder | undefined,
  context: Pick<Context, 'alarm'>,
  adopted: (triggered: Triggered) => void,
): Promise<Triggered> {
  const { timing, signal } = sending
  if (!verifier) return postTrigger(order, sending)
  const start = timing.now()
  try {
    return await postTrigger(order, { ...sending, patience: patienceOf(sending, context) })
  } catch (error) {
    if (!isLost(error) || signal.aborted) throw error
    const enough = Math.max(start + longestRequestMs, timing.now() + reserveMs)
    const until = Math.min(enough, timing.deadline - 1000)
    const found = await verifier.lookUp(until).catch((stop: unknown) => {
      throw stop instanceof DeadlineError ? error : asTriggerError(stop, error.build)
    })
    if (found.kind !== 'one') throw withSeen(error, found.seen)
    const triggered = { build: found.build, dialect: dialects.v4 }
    adopted(triggered)
    return triggered
  }
}

/** How long one POST is waited for: until what is kept of the time limit is left, but at least half of what is left when it begins. */
function patienceOf(
  { timing }: PostOptions,
  context: Pick<Context, 'alarm'>,
): NonNullable<PostOptions['patience']> {
  return () => {
    const left = timing.deadline - timing.now()
    const controller = new AbortController()
    const end = context.alarm(Math.max(left - reserveMs, left / 2), () => {
      controller.abort(new DeadlineError('no answer in time'))
    })
    return { signal: controller.signal, end }
  }
}

function withSeen(error: TriggerError, seen: string): TriggerError {
  const { exit, message, hint, build } = error
  return new TriggerError({ exit, message: `${message}; looked it up: ${seen}`, hint, build, cause: error })
}
