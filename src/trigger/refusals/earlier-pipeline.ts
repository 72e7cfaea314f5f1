import type { BuildState } from '../../core/build.ts'
import { TriggerError } from '../../core/errors.ts'
import type { ExitName } from '../../core/exit-codes.ts'

/** Exit codes that say that there is no pipeline, and that the same may be sent (again). */
const nothingMade: readonly ExitName[] = [
  'notAccepted',
  'refused',
  'notReached',
  'notStarted',
  'rateLimited',
  'configRefused',
]

/**
 * The error of a trigger that an earlier run may have sent already: it made no pipeline itself, but must not say that there is none (docs/guarantees.md#G8).
 * Its exit code is then that of an unknown outcome, or of a pipeline whose end was not seen.
 */
export function withEarlier(error: TriggerError, before: BuildState | undefined): TriggerError {
  if (!before || before.kind === 'none' || error.build.kind !== 'none') return error
  const known = error.with({ build: before })
  if (!nothingMade.includes(error.exit)) return known
  const { message, details, hint, build, cause, about } = known
  const exit = before.kind === 'unknown' ? 'unknown' : 'endNotSeen'
  return new TriggerError({ exit, message, details, hint, build, cause, about })
}
