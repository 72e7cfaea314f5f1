import { startBudget } from '../core/budget.ts'
import type { CancelFlags } from '../options/pipelines.ts'
import { refuseJobPages } from '../config/project/pipeline-reference.ts'
import { resolveReferences } from '../config/project/resolve-references.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError, TriggerError } from '../core/errors.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { UnconfirmedChange, isApiFailure } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import {
  canceledSentence,
  cancelingOf,
  cancelTree,
  type CancelPace,
  type CancelProgress,
} from '../pipelines/cancel-tree.ts'
import { asRefusal } from '../pipelines/read-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { changerOf, changing, notConfirmed, type OpenPipeline } from '../pipelines/open-pipeline.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import { combineOutcomes, printOutcome, type PipelineOutcome } from '../session/outcome.ts'
import { beginCommand } from '../session/begin-command.ts'
import { pollPolicy } from '../session/poll-policy.ts'

/** What became of an attempt that was ended, by `why`, once GitLab had been asked: exit 8. */
function endNotSeen(canceling: CancelProgress, why: string): TriggerError {
  const { before, now } = canceling
  return new TriggerError({
    exit: 'endNotSeen',
    message: `pipeline ${before.id} was asked to cancel, and was ${now.status} when it was last seen: ${why}`,
    hint: 'Its jobs may take a moment to stop; look again with gitlab-trigger status.',
    build: buildStateOf(now),
  })
}

/** Cancels one pipeline and looks until it is over. Throws where that is refused (4), or its end was not seen (8). */
async function cancelOne(
  open: OpenPipeline,
  flags: CancelFlags,
  pace: CancelPace,
  said: (sentence: string) => void,
): Promise<Pipeline> {
  const client = changerOf(open)
  const source = sourceFor(open.client, open.id)
  let canceling: CancelProgress | undefined
  try {
    canceling = cancelingOf(await source.look())
    await cancelTree(client, source, canceling, flags.downstream ?? true, pace)
    said(canceledSentence(canceling))
    return canceling.now
  } catch (error) {
    const isOfServer = isApiFailure(error)
    const isAsked = canceling !== undefined && canceling.pipelines.length > 0
    if (canceling && isAsked && (isOfServer || error instanceof DeadlineError)) {
      throw endNotSeen(canceling, error.message)
    }
    if (error instanceof UnconfirmedChange) throw notConfirmed(open, error, 'canceled')
    throw asRefusal(error, open, changing, client)
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
  refuseJobPages(words)
  const { plan, report } = await beginCommand(flags, context)
  const budget = startBudget(context, plan.timeout.value)
  const poll = pollPolicy(context, plan.timeout.value, budget.signal)
  let open: OpenPipelines | undefined
  try {
    const references = await resolveReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, { plan, context, budget, report })
    const ends: PipelineOutcome[] = []
    const { interval, turn } = open
    for (const pipeline of open.pipelines) {
      const said = (text: string): void => void report({ type: 'noted', text })
      const end = await pipelineOutcome(pipeline, async () => {
        await turn()
        return cancelOne(pipeline, flags, { poll, interval, until: budget.deadline }, said)
      })
      await printOutcome(end, flags, context)
      ends.push(end)
    }
    return await combineOutcomes(ends, flags, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
