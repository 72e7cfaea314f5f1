import { refuseJobPages } from '../config/project/pipeline-reference.ts'
import { cancelOpen } from '../pipelines/cancel-open.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import { realTime } from '../platform/clock.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import type { CallClock } from './context.ts'
import { cancelTable } from './option-table.ts'
import type { CancelOptions } from './options.ts'
import { checkPipelineOptions, onPipeline } from './pipeline-call.ts'
import type { PipelineResult } from './pipeline-result.ts'
import { pipelineResultOf } from './pipeline-result-of.ts'

/** Cancels a pipeline, as `cancel` does. */
export async function cancelToEnd(
  options: CancelOptions,
  clock: CallClock = realTime,
): Promise<PipelineResult> {
  checkPipelineOptions(options, cancelTable)
  refuseJobPages([String(options.pipeline)])
  return onPipeline({ options, table: cancelTable, clock }, async ({ open, opened, context, budget }) => {
    const { interval, turn } = opened
    const poll = pollPolicy(context, budget.deadline - context.now(), budget.signal)
    const { pipeline, failure } = await pipelineOutcome(open, async () => {
      await turn()
      const pace = { poll, interval, until: budget.deadline }
      return (await cancelOpen(open, options.downstream ?? true, pace)).now
    })
    if (failure) throw failure
    return pipelineResultOf(pipeline)
  })
}
