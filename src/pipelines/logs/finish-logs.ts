import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { signalExits } from '../../core/exit-codes.ts'
import { doNotTriggerAgain } from '../../core/hints.ts'
import { buildStateOf } from '../../gitlab/pipelines/build-state.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { FollowContext, FollowedPipeline, Logs } from '../followed.ts'

/**
 * Prints the rest of the logs. Resolves to the error (exit 11, or 128+n after a signal) if not all of them were printed
 * to their end and in time.
 */
export async function finishLogs(
  logs: Logs | undefined,
  pipeline: Pipeline,
  { access }: FollowedPipeline,
  { suggest }: FollowContext,
): Promise<TriggerError | undefined> {
  const build = buildStateOf(pipeline)
  const { kind, id, project } = pipeline
  try {
    const unread = (await logs?.finish(pipeline)) ?? []
    if (unread.length === 0) return undefined
    return new TriggerError({
      exit: 'notWritten',
      message: `not all logs could be read: ${unread.join(', ')}`,
      hint: kind === 'pipeline' ? `To print them: ${suggest({ verb: 'logs', id, project, access })}` : '',
      build,
    })
  } catch (error) {
    if (!(error instanceof DeadlineError) && !(error instanceof Interrupted)) throw error
    return new TriggerError({
      exit: error instanceof Interrupted ? signalExits[error.signal] : 'notWritten',
      message: `the logs were not printed to their end: ${error.message}`,
      hint: doNotTriggerAgain,
      build,
      cause: error,
    })
  }
}
