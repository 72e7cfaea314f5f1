import type { TargetProgress } from '../batch-events.ts'

/** How long a target took from the beginning of its trigger to its end, in ms; 0 where it was not started. */
export const durationOf = ({ begunAt, endedAt }: TargetProgress): number =>
  begunAt === undefined || endedAt === undefined ? 0 : Math.max(0, endedAt - begunAt)

/**
 * The chain of targets, each of which needs the one before, that took longest: nothing makes the batch faster but what makes one of them faster. Empty where
 * no target needs another.
 */
export function longestChain(targets: readonly TargetProgress[]): TargetProgress[] {
  const byName = new Map(targets.map((each) => [each.name, each]))
  const total = new Map<string, number>()
  const before = new Map<string, TargetProgress>()
  const counts = new Map(
    targets.map(({ name, needs }) => [name, needs.filter((need) => byName.has(need)).length]),
  )
  const dependents = new Map<string, TargetProgress[]>()
  for (const each of targets)
    for (const need of each.needs) {
      const known = dependents.get(need)
      if (known) known.push(each)
      else dependents.set(need, [each])
    }
  const ready = targets.filter(({ name }) => counts.get(name) === 0)
  let last: TargetProgress | undefined
  for (let each = ready.pop(); each; each = ready.pop()) {
    const until = (total.get(each.name) ?? 0) + durationOf(each)
    total.set(each.name, until)
    if (until > (last ? (total.get(last.name) ?? 0) : -1)) last = each
    for (const next of dependents.get(each.name) ?? []) {
      if (until >= (total.get(next.name) ?? 0)) {
        total.set(next.name, until)
        before.set(next.name, each)
      }
      const left = (counts.get(next.name) ?? 0) - 1
      counts.set(next.name, left)
      if (left === 0) ready.push(next)
    }
  }
  const path: TargetProgress[] = []
  for (let each = last; each; each = before.get(each.name)) path.unshift(each)
  return path.length > 1 ? path : []
}
