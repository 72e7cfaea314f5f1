import { startBudget } from '../budget.ts'
import type { RunFlags } from '../config/flags.ts'
import { planRun } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import { DeadlineError, TriggerError } from '../errors.ts'
import { requestCancel } from '../gitlab/cancel.ts'
import { sourceOf } from '../gitlab/pipeline-at.ts'
import type { Pipeline } from '../gitlab/pipeline.ts'
import { ReadError } from '../gitlab/read.ts'
import type { Reporter } from '../output/events.ts'
import { reporterFor } from '../output/reporter.ts'
import { isFinished } from '../status.ts'
import { buildStateOf } from './build-state.ts'
import { canceledSentence } from './cancel-and-look.ts'
import { openAll, type OpenPipelines } from './open-all.ts'
import { changing, refusedOf, type OpenPipeline } from './open-pipeline.ts'
import { conclude, endOf, tellEnd, type End } from './ends.ts'

/** What was typed for `cancel`. */
export interface CancelFlags extends RunFlags {
  /** `false` when --no-downstream was typed. */
  downstream?: false
}

const pauseMs = 1000

/** Cancels one pipeline and looks until it is over. Throws where that is refused (4), or its end was not seen (8). */
async function cancelOne(
  { client, id, wanted }: OpenPipeline,
  flags: CancelFlags,
  sleep: (ms: number) => Promise<void>,
  said: (sentence: string) => void,
): Promise<Pipeline> {
  const source = sourceOf(client, id)
  const before = await source.look()
  let now = before
  try {
    const refusals = await requestCancel(client, before, flags.downstream ?? true, sleep)
    do {
      now = await source.look()
      if (!isFinished(now.status)) await sleep(pauseMs)
    } while (!isFinished(now.status))
    said(canceledSentence(before, now, refusals))
    return now
  } catch (error) {
    const build = buildStateOf(now)
    if (error instanceof ReadError) {
      throw refusedOf(
        error,
        { ...wanted, kind: 'pipeline', id },
        wanted.access,
        client.credential,
        changing,
        build,
      )
    }
    if (!(error instanceof DeadlineError)) throw error
    throw new TriggerError({
      exit: 'endNotSeen',
      message: `pipeline ${id} was asked to cancel, and is still ${now.status} when the time is over`,
      hint: 'Its jobs may take a moment to stop; look again with gitlab-trigger status.',
      build,
    })
  }
}

/**
 * Cancels pipelines, and what is downstream of them: `gitlab-trigger cancel 4711`. Resolves to 0 if nothing of them runs any more, whether it was
 * canceled or over before: stderr and --json say which.
 */
export async function cancel(
  words: readonly string[],
  flags: CancelFlags,
  context: Context,
): Promise<number> {
  const report: Reporter = await reporterFor(flags, context)
  const plan = await planRun(flags, undefined, context)
  const budget = startBudget(context, plan.timeout.value)
  const sleep = (ms: number): Promise<void> => context.sleep(ms, budget.signal)
  let open: OpenPipelines | undefined
  try {
    open = await openAll(words, plan, flags, context, budget, report)
    const ends: End[] = []
    for (const pipeline of open.pipelines) {
      const said = (text: string): void => void report({ type: 'noted', text })
      const end = await endOf(pipeline, () => cancelOne(pipeline, flags, sleep, said))
      await tellEnd(end, flags, context)
      ends.push(end)
    }
    return await conclude(ends, flags, context)
  } finally {
    budget.end()
    open?.close()
  }
}
