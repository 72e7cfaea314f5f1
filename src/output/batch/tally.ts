import type { TargetProgress } from '../../batch-events.ts'
import { endKindOf, isOnlyTriggered, type EndKind } from './summary.ts'

/** What a target counts as while a batch runs. */
export type TargetKind = 'waiting' | 'moving' | OverKind

/** How it has ended; one whose pipeline is not followed was only triggered. */
type OverKind = EndKind | 'triggered'

/** How the targets of a batch stand, kept up to date by each change: nothing of it is counted again. */
export interface Tally {
  /** In the order of the plan. */
  all: readonly TargetProgress[]
  /** Those that have not begun, in the order of the plan. */
  waiting: ReadonlySet<TargetProgress>
  /** Those that have begun and have not ended, in the order in which they began. */
  moving: ReadonlySet<TargetProgress>
  /** Those that have failed, in the order of their ends. */
  failed: readonly TargetProgress[]
  /** The others that have ended, in the order of their ends. */
  others: readonly TargetProgress[]
  counts: Readonly<Record<TargetKind, number>>
  /** What a target was counted as when it was last noted. */
  countedAs: (target: TargetProgress) => TargetKind
  /** Those that a target still waits for. */
  awaitedBy: (target: TargetProgress) => Iterable<TargetProgress>
  /** Takes in that a target has changed. Returns whether it has begun or has ended since it was last noted. */
  note(target: TargetProgress): 'begun' | 'over' | undefined
}

/** What a target counts as now. */
export function kindOfTarget(target: TargetProgress): TargetKind {
  if (target.state === 'over') return overKindOf(target)
  return target.state === 'waiting' ? 'waiting' : 'moving'
}

function overKindOf(target: TargetProgress): OverKind {
  const kind = endKindOf(target)
  return kind === 'succeeded' && isOnlyTriggered(target) ? 'triggered' : kind
}

/** A tally of these targets. */
export function tallyOf(all: readonly TargetProgress[]): Tally {
  const byName = new Map(all.map((each) => [each.name, each]))
  const waiting = new Set(all)
  const moving = new Set<TargetProgress>()
  const ends = new Map<TargetProgress, OverKind>()
  const failed: TargetProgress[] = []
  const others: TargetProgress[] = []
  const counts = {
    waiting: all.length,
    moving: 0,
    succeeded: 0,
    triggered: 0,
    failed: 0,
    unseen: 0,
    unknown: 0,
    notStarted: 0,
    skipped: 0,
  }
  const tally: Tally = {
    all,
    waiting,
    moving,
    failed,
    others,
    counts,
    countedAs: (target) => ends.get(target) ?? (moving.has(target) ? 'moving' : 'waiting'),
    *awaitedBy({ needs }) {
      for (const name of needs) {
        const need = byName.get(name)
        if (need && need.state !== 'over') yield need
      }
    },
    note(target) {
      const kind = kindOfTarget(target)
      if (kind === 'waiting') return undefined
      const hadWaited = waiting.delete(target)
      if (kind === 'moving') {
        if (!hadWaited) return undefined
        moving.add(target)
        counts.waiting -= 1
        counts.moving += 1
        return 'begun'
      }
      const hadMoved = moving.delete(target)
      if (!hadWaited && !hadMoved) return undefined
      counts[hadWaited ? 'waiting' : 'moving'] -= 1
      counts[kind] += 1
      ends.set(target, kind)
      const list = ['failed', 'unseen', 'unknown'].includes(kind) ? failed : others
      list.push(target)
      return 'over'
    },
  }
  for (const each of all) tally.note(each)
  return tally
}
