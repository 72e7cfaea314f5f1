import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { signalExits, type ExitName } from '../../core/exit-codes.ts'
import { ApiError } from '../api/reader.ts'
import { explainRefusal, type RefusalContext } from './explain-refusal.ts'

/** What an explanation of an act that changes something may name, beside what a refusal may. */
export interface WriteContext extends RefusalContext {
  /** What may have been done, as `whether token 12 was revoked`. */
  doubt: string
  /** How to see whether it was. */
  check: string
}

/** Whether it is known that nothing was done: it was not sent, or GitLab itself has refused it. */
function isUndone({ status, isUnsent }: ApiError): boolean {
  if (status === null) return isUnsent
  return status < 500 && status !== 408 && status !== 409
}

/**
 * The error for an act that was refused or whose answer was lost: exit 7 (128+n after a signal), with what to check, where it may have been done
 * all the same; else as for a read that was refused. What is no such error stays as it is.
 */
export function explainWriteRefusal(error: unknown, act: WriteContext): unknown {
  if (error instanceof ApiError && isUndone(error)) return explainRefusal(error, act)
  const isStop = error instanceof Interrupted || error instanceof DeadlineError
  if (!isStop && !(error instanceof ApiError)) return error
  const exit: ExitName = error instanceof Interrupted ? signalExits[error.signal] : 'unknown'
  return new TriggerError({
    exit,
    message: `it is not known ${act.doubt}: ${error.message}`,
    hint: act.check,
    cause: error,
  })
}
