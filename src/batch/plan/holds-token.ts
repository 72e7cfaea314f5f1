import type { BatchPlan } from './batch-plan.ts'

/** Whether a plan contains a trigger token, so that no other user may read it (docs/guarantees.md#T14). */
export function holdsToken({ defaults, targets }: BatchPlan): boolean {
  return [...(defaults ? [defaults] : []), ...targets.map(({ node }) => node)].some(
    ({ data }) => data.token !== undefined,
  )
}
