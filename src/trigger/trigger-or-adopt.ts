import { markerKey } from '../core/marker.ts'
import type { Build, BuildState } from '../core/build.ts'
import { earliestCreation } from '../config/variables/resume.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, TriggerError } from '../core/errors.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { longestRequestMs } from '../gitlab/trigger/find-lost-pipeline.ts'
import type { Intent } from '../state/journal.ts'
import { triggerOrRecover } from './lost-response.ts'
import type { IdempotencyState } from './idempotency-key.ts'
import type { RunContext } from './run-context.ts'
import type { PreparedTrigger } from './prepare-trigger.ts'

/** The build: a new one, or with --once the one of an earlier run. */
export async function triggerOrAdopt(
  work: PreparedTrigger,
  once: IdempotencyState | undefined,
  { flags, context, report }: RunContext,
): Promise<{ build: Build; api: 'v3' | 'v4' }> {
  if (once?.kind === 'done') {
    const { intent, result } = once.entry
    void report({ type: 'noted', text: `Triggered already, at ${intent.at}.` })
    if (result.build) return { build: result.build, api: result.build.kind === 'pipeline' ? 'v4' : 'v3' }
    throw stillUnknown(intent, { kind: 'triggered', build: null })
  }
  if (once?.kind === 'open') return { build: await findOpen(work, once.entry.intent, context), api: 'v4' }
  const before = flags.resume ? await findEarlier(work, context) : undefined
  if (before) {
    void report({ type: 'noted', text: `Pipeline ${before.id} was started by an earlier run of this job.` })
    return { build: before, api: 'v4' }
  }
  const { build, dialect } = await triggerOrRecover(
    work.order,
    work.sending,
    work.verifier,
    context,
    (found) => {
      const text = `The answer was lost; pipeline ${found.build.id} was found by looking it up.`
      void report({ type: 'noted', text })
    },
  )
  return { build, api: dialect.name }
}

/** The pipeline that an earlier run of this job started. Throws where that cannot be told (exit 4, or 6 where it cannot be asked): nothing was started now. */
async function findEarlier(
  { marker, verifier }: PreparedTrigger,
  { env }: Context,
): Promise<Build | undefined> {
  if (marker === null || !verifier) return undefined
  try {
    return await verifier.findMarked(marker, earliestCreation(env))
  } catch (error) {
    if (!(error instanceof ApiError)) throw asTriggerError(error, { kind: 'none' })
    throw new TriggerError({
      exit: error.isRefusal ? 'notAccepted' : 'notReached',
      message: `--resume: whether an earlier run of this job started a pipeline cannot be told: ${error.message}`,
      hint: !error.isRefusal
        ? 'It is safe to run the same command again.'
        : 'Use an API token that may read the variables of pipelines, or --once KEY with a journal that is kept.',
      cause: error,
    })
  }
}

/** Looks for the build of an earlier run that did not record its end. Throws exit 7 where it cannot be told. */
async function findOpen(
  { verifier, sending }: PreparedTrigger,
  intent: Intent,
  context: Context,
): Promise<Build> {
  const unknown: BuildState = { kind: 'unknown' }
  if (!verifier || intent.baseline === null) throw stillUnknown(intent, unknown)
  const { timing } = sending
  const marker = intent.marker === null ? [] : [{ key: markerKey, value: intent.marker }]
  const variables = [...verifier.sought.variables.filter(({ key }) => key !== markerKey), ...marker]
  const enough = Math.max(context.now() + 3000, Date.parse(intent.at) + longestRequestMs)
  const until = Math.min(enough, timing.deadline - 1000)
  const found = await verifier.lookUp(until, {
    baseline: intent.baseline,
    source: intent.source,
    variables,
  })
  if (found.kind === 'one') return found.build
  throw stillUnknown(intent, unknown, `; looked it up: ${found.seen}`)
}

function stillUnknown({ key, at }: Intent, build: BuildState, seen = ''): TriggerError {
  return new TriggerError({
    exit: 'unknown',
    message: `--once: the run of ${at} did not record how it ended${seen}`,
    hint: `Look at the pipelines since then; if there is none of it, use another key than ${JSON.stringify(key)}.`,
    build,
  })
}
