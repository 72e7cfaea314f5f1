import type { TargetProgress } from '../../batch-events.ts'
import type { Tally } from './tally.ts'

/** What a batch keeps to while it runs. */
export interface BatchLimits {
  /** How many targets run at once. */
  parallel: number
  /** How many pipelines of a project and commit may be created in a minute on a server of this base URL; Infinity: not known. */
  perMinute: (base: string) => number
}

/** Estimates when a batch has ended. */
export interface Estimate {
  begun(target: TargetProgress): void
  over(target: TargetProgress): void
  /** Triggers in this project wait for its rate limit until then, in ms since 1970. */
  limited(server: string, project: string, until: number): void
  /** How long it is going to take, in ms; undefined where nothing is known yet. `now` is in ms since 1970. */
  leftMs(now: number): number | undefined
}

const minuteMs = 60_000

/** The number of targets in the longest chain of those that need one another, from each target to the end of the plan. */
export function chainLengths(targets: readonly TargetProgress[]): Map<TargetProgress, number> {
  const byName = new Map(targets.map((each) => [each.name, each]))
  const needed = (each: TargetProgress): TargetProgress[] =>
    each.needs.flatMap((name) => byName.get(name) ?? [])
  const dependents = new Map(targets.map((each) => [each, 0]))
  for (const each of targets)
    for (const need of needed(each)) dependents.set(need, (dependents.get(need) ?? 0) + 1)
  const lengths = new Map(targets.map((each) => [each, 1]))
  const ready = targets.filter((each) => dependents.get(each) === 0)
  for (let each = ready.pop(); each; each = ready.pop()) {
    const length = (lengths.get(each) ?? 1) + 1
    for (const need of needed(each)) {
      lengths.set(need, Math.max(lengths.get(need) ?? 1, length))
      const left = (dependents.get(need) ?? 1) - 1
      dependents.set(need, left)
      if (left === 0) ready.push(need)
    }
  }
  return lengths
}

/** The pipelines of one project and ref that are still to be created. */
interface Lane {
  server: string
  project: string
  perMinute: number
  waiting: number
}

/**
 * An estimate by what the targets that have ended have taken, on average, since their pipelines were created: the rest takes as long as its longest chain, as all
 * of it runs in parallel, or as its rate limits, whichever is longest. Every change must be passed to it.
 */
export function estimateOf(tally: Tally, { parallel, perMinute }: BatchLimits): Estimate {
  const lengths = chainLengths(tally.all)
  const lengthOf = (target: TargetProgress): number => lengths.get(target) ?? 1
  /** How many targets wait, by the lengths of their chains. */
  const waiting: number[] = []
  const lanes = new Map<string, Lane>()
  const laneKey = ({ server, project, ref }: TargetProgress): string => `${server} ${project} ${ref}`
  const limits = new Map<string, number>()
  let [count, sumMs, firstAt, lastLimit] = [0, 0, Infinity, -Infinity]
  for (const each of tally.waiting) {
    const { server, project } = each
    waiting[lengthOf(each)] = (waiting[lengthOf(each)] ?? 0) + 1
    if (server === null || project === null || perMinute(server) === Infinity) continue
    const key = laneKey(each)
    const lane = lanes.get(key) ?? { server, project, perMinute: perMinute(server), waiting: 0 }
    lane.waiting += 1
    lanes.set(key, lane)
  }
  const leave = (target: TargetProgress): void => {
    waiting[lengthOf(target)] = (waiting[lengthOf(target)] ?? 1) - 1
    while (waiting.length > 0 && (waiting.at(-1) ?? 0) === 0) waiting.pop()
    const key = laneKey(target)
    const lane = lanes.get(key)
    if (lane && --lane.waiting === 0) lanes.delete(key)
  }
  const begun = new Set<TargetProgress>()
  /** How long the rate limits keep those that wait from beginning, in ms; undefined where that cannot be told. */
  const heldMs = (now: number): number | undefined => {
    let held = 0
    for (const { server, project, perMinute: most, waiting: some } of lanes.values()) {
      const until = limits.get(`${server} ${project}`) ?? now
      held = Math.max(held, Math.max(until - now, 0) + Math.floor((some - 1) / most) * minuteMs)
    }
    if (tally.waiting.size === 0 || lastLimit < now - minuteMs) return held
    // A limit that is not known shows in the pace so far, once it has had the time to.
    if (!(now - firstAt >= minuteMs)) return undefined
    return Math.max(held, (tally.waiting.size / count) * (now - firstAt))
  }
  return {
    begun(target) {
      begun.add(target)
      leave(target)
    },
    over(target) {
      if (!begun.delete(target)) leave(target)
      const { createdAt, endedAt } = target
      if (createdAt === undefined || endedAt === undefined) return
      count += 1
      sumMs += Math.max(endedAt - createdAt, 0)
      firstAt = Math.min(firstAt, createdAt)
    },
    limited(server, project, until) {
      limits.set(`${server} ${project}`, until)
      if (perMinute(server) === Infinity) lastLimit = Math.max(lastLimit, until)
    },
    leftMs(now) {
      const held = heldMs(now)
      if (count === 0 || held === undefined) return undefined
      const mean = sumMs / count
      let work = tally.waiting.size * mean
      let longest = Math.max(waiting.length - 1, 0) * mean
      for (const target of tally.moving) {
        const left = Math.max(mean - (now - (target.createdAt ?? now)), 0)
        work += left
        longest = Math.max(longest, left + (lengthOf(target) - 1) * mean)
      }
      const slots = Math.max(Math.min(parallel, tally.waiting.size + tally.moving.size), 1)
      const left = Math.max(work / slots, longest, held === 0 ? 0 : held + mean)
      return left > 0 ? left : undefined
    },
  }
}
