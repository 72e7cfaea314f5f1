import { Interrupted, TriggerError } from '../../../core/errors.ts'
import { signalExits } from '../../../core/exit-codes.ts'
import { ScheduleLeft, VariableRefused } from '../../../gitlab/resources/schedule-errors.ts'
import { UnconfirmedChange, ApiError } from '../../../gitlab/api/reader.ts'
import { shellQuote } from '../../../core/text/shell-quote.ts'
import type { OpenSchedules } from './session.ts'

/** Makes an error of a refused request; `own` is what a refusal means here, in place of the usual. */
type Refuse = (error: ApiError, own?: string) => TriggerError

/** The refusal in an error, and what it means where that is not about the role of who asks; undefined where none was refused. */
function refusalOf(error: unknown, ref: string, refuse: Refuse): TriggerError | undefined {
  if (error instanceof VariableRefused) {
    const own =
      error.cause.status === 403
        ? 'The project does not allow this user to set pipeline variables (Settings > CI/CD > Variables > Minimum role); inputs (--input) are not affected.'
        : undefined
    const refusal = refuse(error.cause, own)
    return refusal.with({ message: `${refusal.message} (variable ${error.key})` })
  }
  if (!(error instanceof ApiError)) return undefined
  const isUnclear = error.status === 400 && error.message.includes('ref is ambiguous')
  const [branch, tag] = ['heads', 'tags'].map((kind) => shellQuote(`refs/${kind}/${ref}`))
  const own = `The project has no branch or tag ${ref}, or both: give it in full, --ref ${branch ?? ''} or --ref ${tag ?? ''}.`
  return refuse(error, isUnclear ? own : undefined)
}

/** The error for a schedule that is, or may be, left behind: exit 7, 128+n after a signal. */
function explainLeft(
  left: ScheduleLeft,
  refusal: TriggerError | undefined,
  command: OpenSchedules['command'],
): TriggerError {
  const { id, provisional, mayBeWhole, cause, message } = left
  const why = refusal?.message ?? message
  const hint = cause instanceof UnconfirmedChange ? '' : (refusal?.hint ?? '')
  const exit = cause instanceof Interrupted ? signalExits[cause.signal] : 'unknown'
  const doubt = 'it is not known whether the schedule was created'
  if (id === null) {
    const look = `Check first: ${command('list')}. If "${provisional}" exists, it is not active and runs nothing: delete it, then run this again.`
    return new TriggerError({ exit, message: `${doubt}: ${why}`, hint: look, cause })
  }
  const state = mayBeWhole ? 'exists, and may be complete and active' : 'is left, not active'
  const todo = mayBeWhole
    ? `Check first: ${command('list')}. To create it again, delete it first`
    : 'Delete it, or it stays beside the next one'
  return new TriggerError({
    exit,
    message: `${why}; schedule ${id} ${state}`,
    hint: `${hint} ${todo}: ${command('delete', String(id))}`.trim(),
    cause,
  })
}

/** The error for a schedule that was not made, or not whole: what is left of it, if anything, and what to do. Any other error as it is. */
export function explainNotCreated(
  error: unknown,
  ref: string,
  refuse: Refuse,
  command: OpenSchedules['command'],
): unknown {
  if (error instanceof ScheduleLeft) return explainLeft(error, refusalOf(error.cause, ref, refuse), command)
  return refusalOf(error, ref, refuse) ?? error
}
