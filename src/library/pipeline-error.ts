import { TriggerError } from '../core/errors.ts'
import type { PipelineResult } from './pipeline-result.ts'

/** A TriggerError about a pipeline that was read, as it was last seen: it did not succeed, or did not finish in time. */
export class PipelineError extends TriggerError {
  readonly pipeline: PipelineResult

  constructor(error: TriggerError, pipeline: PipelineResult) {
    const { exit, message, hint, build, about } = error
    super({ exit, message, hint, build, about })
    this.pipeline = pipeline
  }
}
