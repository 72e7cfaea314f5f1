import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { signalExits, type ExitName } from '../../core/exit-codes.ts'
import { UnconfirmedChange, ApiError } from '../api/reader.ts'
import { answeredBefore, quotedBefore } from './answered-before.ts'
import { explainRefusal, type RefusalContext } from './explain-refusal.ts'

/** The write request that failed, as far as an explanation needs it. */
export interface WriteContext extends RefusalContext {
  /** What is uncertain, such as `whether token 12 was revoked`. */
  doubt: string
  /** How to find out. */
  check: string
}

/**
 * The error for a failed write request. If it may have been carried out, exit 7 (128+n after a signal) with
 * advice how to check; else as for a read. Other errors are returned unchanged.
 */
export function explainWriteRefusal(error: unknown, act: WriteContext): unknown {
  const isUnconfirmed = error instanceof UnconfirmedChange
  if (error instanceof ApiError && !isUnconfirmed) return explainRefusal(error, act)
  const isStop = error instanceof Interrupted || error instanceof DeadlineError
  if (!isStop && !isUnconfirmed) return error
  const exit: ExitName = error instanceof Interrupted ? signalExits[error.signal] : 'unknown'
  const other = isUnconfirmed && error.answer && answeredBefore(error.answer, act.base)
  return new TriggerError({
    exit,
    message: `it is not known ${act.doubt}: ${error.message}${other ? `; ${quotedBefore(other)}` : ''}`,
    hint: other ? `${act.check} ${other.hint}` : act.check,
    cause: error,
  })
}
