import type { CancelOptions, LogLine, LogsOptions, PipelineOptions, WaitOptions } from './options.ts'
import type { PipelineResult } from './pipeline-result.ts'

// What these need is loaded when one is called: a program that only triggers does not need it.

/**
 * Reads a pipeline once, with its jobs and what they started. Resolves however it is. Throws a TriggerError where it may not be read (exit
 * `notAccepted`) or the server is not reached (`notReached`).
 */
export async function statusOfPipeline(options: PipelineOptions): Promise<PipelineResult> {
  return (await import('./status.ts')).readStatus(options)
}

/**
 * Waits until a pipeline has succeeded. Throws a PipelineError, which has the pipeline as it was last seen, where it did not succeed (exit `buildFailed`), or
 * its end was not reached (`endNotSeen`: a limit, a lost connection; `interrupt`: `signal`). The pipeline continues then.
 */
export async function waitForPipeline(options: WaitOptions): Promise<PipelineResult> {
  return (await import('./wait.ts')).waitForEnd(options)
}

/**
 * Cancels a pipeline and what it has started. Resolves when nothing of it runs any more, also where it had ended before. Needs `apiToken`. Throws a TriggerError
 * where that is refused (exit `notAccepted`), or a job was still running in the end (`endNotSeen`).
 */
export async function cancelPipeline(options: CancelOptions): Promise<PipelineResult> {
  return (await import('./cancel.ts')).cancelToEnd(options)
}

/**
 * Reads the logs of a pipeline's jobs, line by line: with `follow` of all jobs at once, as they are written, else one after the other. No more is read than
 * is taken; leaving the loop closes the connections. Any user who can write a log decides what is in its lines: in a CI job they may hold commands for its runner.
 * Throws a TriggerError at the end where a log could not be read; that the pipeline failed is no error.
 */
export async function* logsOfPipeline(options: LogsOptions): AsyncGenerator<LogLine, void, void> {
  yield* (await import('./logs.ts')).readLogs(options)
}
