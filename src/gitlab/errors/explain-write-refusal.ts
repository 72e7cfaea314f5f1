import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { signalExits, type ExitName } from '../../core/exit-codes.ts'
import { ApiError } from '../api/reader.ts'
import { explainRefusal, type RefusalContext } from './explain-refusal.ts'

/** The write request that failed, as far as an explanation needs it. */
export interface WriteContext extends RefusalContext {
  /** What is uncertain, such as `whether token 12 was revoked`. */
  doubt: string
  /** How to find out. */
  check: string
}

/** Whether it is certain that nothing was changed: the request was not sent, or GitLab rejected it. */
function isWithoutEffect({ status, isUnsent }: ApiError): boolean {
  if (status === null) return isUnsent
  return status < 500 && status !== 408 && status !== 409
}

/**
 * The error for a failed write request. If it may have been carried out, exit 7 (128+n after a signal) with
 * advice how to check; else as for a read. Other errors are returned unchanged.
 */
export function explainWriteRefusal(error: unknown, act: WriteContext): unknown {
  if (error instanceof ApiError && isWithoutEffect(error)) return explainRefusal(error, act)
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
