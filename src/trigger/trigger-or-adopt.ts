import { earliestCreation } from '../config/variables/resume.ts'
import type { Build, BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, DeadlineError, TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import { dialects } from '../gitlab/api/dialect.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { howToCheck } from '../gitlab/errors/how-to-check.ts'
import { longestRequestMs } from '../gitlab/trigger/find-lost-pipeline.ts'
import type { Result } from '../state/journal-entry.ts'
import type { Doubt, IdempotencyState } from './idempotency-key.ts'
import { triggerOrRecover } from './lost-response.ts'
import type { PreparedTrigger } from './prepare-trigger.ts'
import type { RunContext, RunOptions } from './run-context.ts'

/** A pipeline that exists, and the API that made it. */
export interface StartedPipeline {
  build: Build
  api: 'v3' | 'v4'
  /** An earlier run has triggered it. */
  isEarlier?: boolean
  /** Why GitLab let it fail at once, where it has answered with that. */
  refusal?: TriggerError
}

/** The API that must have made a build: v3 answers with trigger requests. */
export function apiOf({ kind }: Build): 'v3' | 'v4' {
  return kind === 'pipeline' ? 'v4' : 'v3'
}

/**
 * Resolves to the pipeline of an earlier run, with --once or --resume, or starts one. This holds the only
 * call that sends a POST of a trigger, and it is the last thing tried. Throws as `triggerOrRecover`, and
 * where it cannot be told whether an earlier run has started one.
 */
export async function triggerOrAdopt(
  prepared: PreparedTrigger,
  claim: IdempotencyState | undefined,
  { options, context, report }: RunContext,
): Promise<StartedPipeline> {
  const note = (text: string): void => void report({ type: 'noted', text })
  if (claim?.kind === 'done') {
    const { entry, build } = claim
    note(`Triggered already, at ${entry.intent.at}.`)
    return { build, api: apiOf(build), isEarlier: true }
  }
  if (claim?.kind === 'open') {
    return { build: await findUnrecorded(prepared, claim, context), api: 'v4', isEarlier: true }
  }
  const earlier = await findEarlier(prepared, options, context)
  if (earlier) {
    note(
      `Pipeline ${earlier.id} was started by an earlier run ${options.resume ? 'of this job' : 'with this key'}.`,
    )
    return { build: earlier, api: 'v4', isEarlier: true }
  }
  const { order, post, finder } = prepared
  const { build, dialect, refusal } = await triggerOrRecover(order, post, finder, context, (found) => {
    note(`The response was lost; pipeline ${found.build.id} was found by looking it up.`)
  })
  return { build, api: dialect.name, ...(refusal && { refusal }) }
}

/**
 * For --resume and --everywhere: finds the pipeline that an earlier run started, of this job or with this key.
 * Throws where that cannot be told (exit 4, or 6 where it cannot be asked): nothing was started now.
 */
async function findEarlier(
  { finder }: PreparedTrigger,
  { resume, everywhere }: RunOptions,
  { env }: Context,
): Promise<Build | undefined> {
  if (!finder || !(resume || everywhere)) return undefined
  const [flag, run] = resume ? ['--resume', 'of this job'] : ['--everywhere', 'with this key']
  try {
    // A key has no beginning, unlike the pipeline of a job.
    return await finder.findEarlier(resume ? earliestCreation(env) : 0)
  } catch (error) {
    if (!(error instanceof ApiError)) throw asTriggerError(error, { kind: 'none' })
    throw new TriggerError({
      exit: error.isRefusal ? 'notAccepted' : 'notReached',
      message: `${flag}: it is not known whether an earlier run ${run} started a pipeline: ${error.message}`,
      hint: error.isRefusal
        ? `Use an API token that may read the variables of pipelines (role Maintainer), or --once KEY with a journal that is kept.`
        : safeToRepeat,
      cause: error,
    })
  }
}

/**
 * Finds the pipeline of an earlier run that did not record its end. Throws exit 7 where it cannot be told.
 */
async function findUnrecorded(
  prepared: PreparedTrigger,
  { entry: { intent, result }, doubt }: IdempotencyState & { kind: 'open' },
  context: Context,
): Promise<Build> {
  const { finder, post } = prepared
  const state: BuildState =
    result?.outcome === 'triggered' ? { kind: 'triggered', build: null } : { kind: 'unknown' }
  if (!finder) throw stillUnknown(prepared, doubt, state, result)
  const { timing } = post
  const enough = Math.max(context.now() + 3000, Date.parse(intent.at) + longestRequestMs)
  const until = Math.min(enough, timing.deadline - 1000)
  const { baseline, source, marker, nonce } = intent
  const found = await finder
    .find(until, { baseline, source, marker, nonce })
    .catch((stop: unknown): { kind: 'none'; seen: string } => {
      if (stop instanceof DeadlineError) return { kind: 'none', seen: 'that was not finished in time' }
      throw stop
    })
  if (found.kind === 'one') return found.build
  throw stillUnknown(prepared, doubt, state, result, `; looked it up: ${found.seen}`)
}

/** What the journal says of how an earlier trigger ended, whose pipeline is not known. */
function endText(result: Result | undefined): string {
  if (result === undefined) return 'did not record how it ended'
  return result.outcome === 'triggered'
    ? 'created a pipeline whose id GitLab did not give'
    : 'did not get a valid response, and may have created a pipeline'
}

function stillUnknown(
  { order }: PreparedTrigger,
  { run, otherwise }: Doubt,
  build: BuildState,
  result: Result | undefined,
  seen = '',
): TriggerError {
  const dialect = order.api === 'v3' ? dialects.v3 : dialects.v4
  const check = howToCheck({ ...order, token: order.token.reveal(), dialect })
  return new TriggerError({
    exit: 'unknown',
    message: `${run} ${endText(result)}${seen}`,
    hint:
      build.kind === 'triggered'
        ? `Do not trigger it again. ${check}`
        : `If there is no pipeline of it since then, ${otherwise}. ${check}`,
    build,
  })
}
