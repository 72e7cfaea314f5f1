import type { BatchPlan, PlanSource } from './batch-plan.ts'

/** Reads and checks a plan. Throws a usage error with all problems of the plan. */
export function readPlan(source: PlanSource): BatchPlan {
  throw new Error(`not written yet: ${source.place}`)
}
