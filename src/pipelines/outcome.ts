import { asTriggerError, DeadlineError } from '../core/errors.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { PipelineOutcome } from '../session/outcome.ts'
import type { OpenPipeline } from './open-pipeline.ts'

/**
 * Does a command's work on one pipeline. Whatever it throws becomes an outcome that names the existing
 * pipeline, internal errors included.
 */
export async function pipelineOutcome(
  open: OpenPipeline,
  work: () => Promise<Pipeline>,
): Promise<PipelineOutcome> {
  try {
    return { id: open.id, pipeline: await work(), failure: undefined }
  } catch (error) {
    const known = asTriggerError(error, buildStateOf(open.first))
    const failure =
      error instanceof DeadlineError
        ? known.with({ message: `pipeline ${open.id} was not read completely: ${error.message}` })
        : known
    return { id: open.id, pipeline: open.first, failure }
  }
}
