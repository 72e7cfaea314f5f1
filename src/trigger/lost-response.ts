import type { Build } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, DeadlineError, TriggerError, usageError } from '../core/errors.ts'
import { apiTokenSources } from '../core/hints.ts'
import type { Secret } from '../core/secret.ts'
import { dialects } from '../gitlab/api/dialect.ts'
import type { Client } from '../gitlab/api/client.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import {
  findLostPipeline,
  findEarlier,
  longestRequestMs,
  readNewest,
  type PipelineCriteria,
  type SearchResult,
} from '../gitlab/trigger/find-lost-pipeline.ts'
import { knownPipelines, type KnownPipelines } from '../gitlab/trigger/known-pipelines.ts'
import { sourceOfToken, type TriggerSource } from '../gitlab/trigger/pipeline-lists.ts'
import { postTrigger, type Triggered, type TriggerOrder } from '../gitlab/trigger/trigger.ts'
import { optionalRead, type OptionalReading } from '../session/optional-read.ts'
import type { PostOptions } from '../http/retry/post.ts'
import type { ProjectReads } from './project-reads.ts'
import type { RunOptions } from './run-context.ts'

/** Finds the pipeline of a trigger whose response was lost. */
export interface LostPipelineFinder {
  criteria: PipelineCriteria
  /** Searches until `until`, in ms since 1970; `changes` replaces criteria. */
  find(until: number, changes?: Partial<PipelineCriteria>): Promise<SearchResult>
  /**
   * The pipeline that an earlier run of this trigger made at `since` (ms since 1970) or later. Throws as
   * `findEarlier` of the same name in `gitlab/`.
   */
  findEarlier(since: number): Promise<Build | undefined>
}

/** So much of the time limit is kept for finding a lost pipeline, in ms. */
const reserveMs = 15_000

/** The source that GitLab gives to pipelines of this trigger. */
export function sourceOf({ token, isJobToken }: Pick<TriggerOrder, 'token' | 'isJobToken'>): TriggerSource {
  return sourceOfToken(token.reveal(), isJobToken)
}

/**
 * Notes before the trigger what is needed to find a lost pipeline: a reader, and the newest pipeline there
 * is. Resolves to undefined with --no-verify, or where it cannot work; throws where a flag that needs it was typed
 * and it cannot (exit 2, 4 or 6, nothing sent).
 */
export async function openFinder(
  { verify, resume, everywhere }: Pick<RunOptions, 'verify' | 'resume' | 'everywhere'>,
  order: TriggerOrder,
  marker: string | null,
  apiToken: Secret | undefined,
  reads: () => ProjectReads,
  reading: OptionalReading & { known?: KnownPipelines },
): Promise<LostPipelineFinder | undefined> {
  if (verify === false) return undefined
  const needed = everywhere ? '--everywhere' : verify ? '--verify' : undefined
  if (!apiToken || order.api === 'v3') {
    if (needed === undefined) return undefined
    throw order.api === 'v3'
      ? usageError(`${needed}: API v3 does not report which builds a trigger created`, 'Leave it out.')
      : usageError(`${needed}: no API token given`, `Set ${apiTokenSources}.`)
  }
  const { open, polling, paced } = reads()
  const reader = open(dialects.v4, { header: 'PRIVATE-TOKEN', token: apiToken })
  const { ref, variables, nonce } = order
  const source = sourceOf(order)
  // What was not asked for must not take the time of the trigger itself.
  const isWanted = needed !== undefined || resume
  try {
    const baseline = isWanted
      ? await readNewest(reader, { ref, source })
      : await optionalBaseline(reader, { ref, source }, reading)
    const criteria: PipelineCriteria = { ref, source, variables, nonce, marker, baseline }
    const { known = knownPipelines(), budget } = reading
    const by = { reader: paced(reader), known, signal: budget.signal }
    return {
      criteria,
      find: (until, changes) => findLostPipeline(by, { ...criteria, ...changes }, polling, until),
      findEarlier: (since) => findEarlier(by, criteria, since),
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const flag = needed ?? (resume ? '--resume' : undefined)
    if (flag === undefined) return undefined
    throw new TriggerError({
      exit: error.isRefusal ? 'notAccepted' : 'notReached',
      message: `${flag}: the pipelines of project ${order.project} cannot be read: ${error.message}`,
      hint: 'Use an API token with read_api, or --no-verify.',
    })
  }
}

/**
 * The newest pipeline, read within the limits of optional reads; null where it could not be read:
 * the pipeline of this trigger can be told from others without it. Throws an ApiError where it may not be read.
 */
async function optionalBaseline(
  reader: Client,
  sought: Pick<PipelineCriteria, 'ref' | 'source'>,
  reading: OptionalReading,
): Promise<number | null> {
  const what = 'the newest pipeline, which helps to find one whose response is lost,'
  try {
    return await optionalRead(what, null, reading, (limits) =>
      readNewest(reader.within(limits).with({ attempts: 3 }), sought),
    )
  } catch (error) {
    if (error instanceof ApiError && !error.isRefusal) return null
    throw error
  }
}

const isLost = (error: unknown): error is TriggerError =>
  error instanceof TriggerError &&
  error.exit === 'unknown' &&
  (error.build.kind === 'unknown' || (error.build.kind === 'triggered' && error.build.build === null))

/** What was triggered. */
export interface Recovered extends Triggered {
  /** The refusal that GitLab answered instead of the pipeline, which it has made all the same (422, docs/gitlab.md#2.2). */
  refusal?: TriggerError
}

/** Whether GitLab has made a pipeline that failed at once, and answered with why instead of its id. */
const isMadeAndRefused = (error: unknown): error is TriggerError =>
  error instanceof TriggerError &&
  error.exit === 'buildFailed' &&
  error.build.kind === 'triggered' &&
  error.build.build === null

/** The pipeline that GitLab has made and refused, as far as one look shows it: it exists already. */
async function madeAndRefused(
  refusal: TriggerError,
  finder: LostPipelineFinder,
  { timing }: PostOptions,
): Promise<Recovered> {
  const found = await finder.find(timing.now()).catch(() => undefined)
  if (found?.kind !== 'one') throw refusal
  return { build: found.build, dialect: dialects.v4, refusal }
}

/**
 * Triggers, and if the response is lost finds the pipeline; `adopted` is called with one that was found.
 * Never sends a second POST. Throws as `postTrigger`; what was seen while searching is added to the message.
 */
export async function triggerOrRecover(
  order: TriggerOrder,
  post: PostOptions,
  finder: LostPipelineFinder | undefined,
  context: Pick<Context, 'alarm'>,
  adopted: (triggered: Triggered) => void,
): Promise<Recovered> {
  if (!finder) return postTrigger(order, post)
  const { timing, signal } = post
  const startedAt = timing.now()
  try {
    return await postTrigger(order, { ...post, patience: responseLimit(post, context) })
  } catch (error) {
    if (isMadeAndRefused(error) && !signal.aborted) return madeAndRefused(error, finder, post)
    if (!isLost(error) || signal.aborted) throw error
    const enough = Math.max(startedAt + longestRequestMs, timing.now() + reserveMs)
    const until = Math.min(enough, timing.deadline - 1000)
    const found = await finder.find(until).catch((stop: unknown) => {
      throw stop instanceof DeadlineError ? error : asTriggerError(stop, error.build)
    })
    if (found.kind !== 'one')
      throw error.with({ message: `${error.message}; looked it up: ${found.seen}`, cause: error })
    const triggered = { build: found.build, dialect: dialects.v4 }
    adopted(triggered)
    return triggered
  }
}

/**
 * The limit for the response to one POST: the time that is left, less the reserve, but at least half of what
 * is left when it begins.
 */
function responseLimit(
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
