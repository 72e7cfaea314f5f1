import { startBudget } from '../core/budget.ts'
import type { CancelFlags } from '../options/pipelines.ts'
import { refuseJobPages } from '../config/project/pipeline-reference.ts'
import { namesById } from '../config/project/resolve-references.ts'
import { pipelineReferences } from '../trigger/refusals/pipeline-references.ts'
import type { Context } from '../core/context.ts'
import { cancelOpen } from '../pipelines/cancel-open.ts'
import { canceledSentence } from '../pipelines/cancel-tree.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { leftAlone } from '../pipelines/unopened.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import {
  printUnopened,
  type UnopenedPipeline,
  combineOutcomes,
  printOutcome,
  type PipelineOutcome,
} from '../session/outcome.ts'
import { beginCommand } from '../session/begin-command.ts'
import { pollPolicy } from '../session/poll-policy.ts'

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
  const { plan, report, suggest } = await beginCommand(flags, context, { changesProject: namesById(words) })
  const budget = startBudget(context, plan.timeout.value)
  const poll = pollPolicy(context, plan.timeout.value, budget.signal)
  let open: OpenPipelines | undefined
  const unopened: UnopenedPipeline[] = []
  try {
    const references = await pipelineReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, { plan, context, budget, report, suggest, unopened })
    await printUnopened(unopened, flags, context)
    const ends: PipelineOutcome[] = leftAlone(open.pipelines, unopened, 'canceled', flags)
    for (const end of ends) await printOutcome(end, flags, context)
    if (unopened.length > 0) return await combineOutcomes([...unopened, ...ends], flags, context, report)
    const { interval, turn } = open
    for (const pipeline of open.pipelines) {
      const end = await pipelineOutcome(pipeline, async () => {
        await turn()
        const pace = { poll, interval, until: budget.deadline }
        const progress = await cancelOpen(pipeline, flags.downstream ?? true, pace)
        void report({ type: 'noted', text: canceledSentence(progress) })
        return progress.now
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
