import type { Settings } from '../config/settings.ts'
import type { BuildState } from '../core/build.ts'
import { TriggerError } from '../core/errors.ts'
import { doNotTriggerAgain } from '../core/hints.ts'
import type { OnceRecord } from './idempotency-key.ts'
import type { PipelineState } from './pipeline-state.ts'
import type { RunContext } from './run-context.ts'

/** One trigger of one target while it is carried out: what its steps share. */
export interface TriggerAttempt extends RunContext {
  settings: Settings
  /** Where it is recorded, so that it happens only once; undefined: nowhere. */
  once: OnceRecord | undefined
  pipeline: PipelineState
  /**
   * Closes what the steps have opened on this disk, if a later step fails before the id is reported; the last
   * one first.
   */
  unclosed: ((failure: TriggerError) => Promise<void>)[]
  /** Stops the notice that the server is slow. */
  stopNotice(): void
  /** Closes connections when the attempt has ended, however it ended. */
  atEnd: (() => void)[]
}

/** The error for output or a record that could not be written (exit 11). */
export function notWritten(what: string, build: BuildState, cause: unknown): TriggerError {
  return new TriggerError({
    exit: 'notWritten',
    message: `${what} could not be written${what === 'the journal' ? '' : ' to standard output'}`,
    hint: doNotTriggerAgain,
    build,
    cause,
  })
}

/** Resolves as `writing`; whatever it throws becomes the error that `what` could not be written. */
export async function written(
  { pipeline }: Pick<TriggerAttempt, 'pipeline'>,
  what: string,
  writing: Promise<void>,
): Promise<void> {
  await writing.catch((error: unknown) => {
    throw notWritten(what, pipeline.current, error)
  })
}
