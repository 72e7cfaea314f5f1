import type { Plan, TriggerTarget } from '../config/plan.ts'
import type { ErrorSubject, TriggerError } from '../core/errors.ts'

/**
 * The server, project and ref that an error names, as far as flags, environment and files say; of several
 * targets, only what all have in common.
 */
function subjectOf({ targets }: Plan): ErrorSubject {
  const shared = (valueOf: (target: TriggerTarget) => string | undefined): string | undefined => {
    const values = new Set(targets.map(valueOf))
    return values.size === 1 ? [...values][0] : undefined
  }
  return {
    isRun: true,
    server: shared(({ server }) => server?.value.base),
    project: shared(({ project }) => project?.value),
    ref: shared(({ ref }) => ref?.value),
  }
}

/** Adds to an error what the run is about; returns it as it is where the run has no plan yet. */
export function withSubject(failure: TriggerError, plan: Plan | undefined): TriggerError {
  return plan ? failure.with({ about: subjectOf(plan) }) : failure
}
