import { pipelineOutcome } from '../pipelines/outcome.ts'
import { readPipelineTree } from '../pipelines/read-pipeline.ts'
import { realTime } from '../platform/clock.ts'
import type { CallClock } from './context.ts'
import { statusTable } from './option-table.ts'
import type { PipelineOptions } from './options.ts'
import { onPipeline } from './pipeline-call.ts'
import type { PipelineResult } from './pipeline-result.ts'
import { pipelineResultOf } from './pipeline-result-of.ts'

/** Reads a pipeline once, as `status` does. */
export function readStatus(options: PipelineOptions, clock: CallClock = realTime): Promise<PipelineResult> {
  return onPipeline({ options, table: statusTable, clock }, async ({ open, opened }) => {
    const { pipeline, failure } = await pipelineOutcome(open, async () => {
      await opened.turn()
      return readPipelineTree(open)
    })
    if (failure) throw failure
    return pipelineResultOf(pipeline)
  })
}
