import type { Plan, TriggerTarget } from '../config/plan.ts'
import type { ErrorSubject, TriggerError } from '../core/errors.ts'

/** What a run is about, as far as flags, environment and files say; of several targets, what they share. */
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

/** An error with what the run is about, where it got so far as to have a plan. */
export function withSubject(failure: TriggerError, plan: Plan | undefined): TriggerError {
  return plan ? failure.with({ about: subjectOf(plan) }) : failure
}
