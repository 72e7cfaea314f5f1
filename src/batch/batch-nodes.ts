import type { TargetProgress } from '../batch-events.ts'
import { exitCodes, type ExitName } from '../core/exit-codes.ts'
import type { TargetEntry } from '../state/batch-lines.ts'
import type { BatchTarget } from './batch-target.ts'
import type { TargetCheck } from './check-batch.ts'

/** A target, and what waits for it. */
export interface BatchNode {
  target: BatchTarget
  progress: TargetProgress
  index: number
  /** How many it still waits for. */
  awaited: number
  /** Those that start only after its success, and the one that starts after its end. */
  dependents: BatchNode[]
  next: BatchNode | undefined
  isReady: boolean
  hasBegun: boolean
}

/** What is known of a target before anything is done. One literal: objects made otherwise would each have a shape of their own, which takes more than they. */
const nothingYet = (
  { name, needs }: BatchTarget,
  server: string | null,
  project: string | null,
  ref: string | null,
  isFollowed: boolean,
): TargetProgress => ({
  name,
  needs,
  state: 'waiting',
  server,
  project,
  ref,
  id: null,
  sha: null,
  webUrl: null,
  status: null,
  exit: undefined,
  exitCode: 0,
  why: '',
  isFollowed,
  wasRecorded: false,
  hasRun: false,
  mayExist: false,
  begunAt: undefined,
  createdAt: undefined,
  runningAt: undefined,
  endedAt: undefined,
})

/** The targets of a batch with what waits for each, in their order. */
export function nodesOf(targets: readonly BatchTarget[], checked: readonly TargetCheck[]): BatchNode[] {
  const nodes = targets.map((target, index): BatchNode => {
    const { place, isFollowed = false } = checked[index] ?? {}
    const { base = null, project = null, ref = null } = place ?? {}
    return {
      target,
      progress: nothingYet(target, base, project, ref, isFollowed),
      index,
      awaited: 0,
      dependents: [],
      next: undefined,
      isReady: false,
      hasBegun: false,
    }
  })
  const byName = new Map(nodes.map((node) => [node.target.name, node]))
  for (const node of nodes) {
    const before = node.target.after === undefined ? undefined : byName.get(node.target.after)
    if (before) before.next = node
    const needed = node.target.needs.flatMap((name) => byName.get(name) ?? [])
    for (const each of needed) each.dependents.push(node)
    node.awaited = needed.length + (before ? 1 : 0)
  }
  return nodes
}

/** What an earlier run has recorded of a target that need not be read again: it succeeded, or its pipeline has failed and is not followed. */
export function recordedEnd(entry: TargetEntry | undefined, isFollowed: boolean) {
  const build = entry?.result?.outcome === 'triggered' ? entry.result.build : null
  if (!build || !entry?.end) return undefined
  const { exit, exitCode, status } = entry.end
  if (exit !== 'success' && (exit !== 'buildFailed' || isFollowed)) return undefined
  const { id, sha, webUrl } = build
  const why = exit === 'success' ? '' : `pipeline ${id} failed in an earlier run`
  // One that had failed when it was created has no jobs.
  const hasRun = build.status !== 'failed'
  return { id, sha, webUrl, status: status ?? build.status, hasRun, exit, exitCode, why, wasRecorded: true }
}

/** Why those that need a target are not started: it has not succeeded, or was not triggered on purpose. */
export function notDone({ name, exit = 'internal', why }: TargetProgress): { exit: ExitName; why: string } {
  if (exit === 'success') return { exit: 'success', why: `${name} was not triggered: ${why}` }
  return {
    exit: 'notStarted',
    why: `${name} ${exit === 'notStarted' ? 'was not started' : `has not succeeded (${exitCodes[exit].code})`}`,
  }
}
