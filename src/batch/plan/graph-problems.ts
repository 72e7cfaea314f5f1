import type { PlannedTarget } from './batch-plan.ts'

/** What is wrong with the needs of a plan, each as `plan.yml:7 targets.docs.needs: ...`; none for a plan of `readPlan`. */
export function graphProblems(plan: {
  targets: readonly Pick<PlannedTarget, 'name' | 'needs' | 'origin'>[]
}): string[] {
  throw new Error(`not written yet: ${plan.targets.length}`)
}
