import { exitCodeFor } from '../config/exit-code-policy.ts'
import { asTriggerError, Interrupted, type TriggerError } from '../core/errors.ts'
import { signalExits, type ExitName } from '../core/exit-codes.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { takenPipelines } from '../gitlab/trigger/known-pipelines.ts'
import type { Batch } from './batch.ts'
import type { TargetProgress } from '../batch-events.ts'
import type { TargetCheck } from './check-batch.ts'
import { nodesOf, notDone, recordedEnd, type BatchNode } from './batch-nodes.ts'
import { runTarget } from './run-target.ts'
import { triggerQueue, type QueueTurn } from './queue/trigger-queue.ts'

/**
 * Runs a batch to its end: each target starts once those that it needs have succeeded, there is room for it and its rate limit allows it. Resolves when
 * nothing still runs. Never rejects for what happens to a target, nor where the output cannot be written: `lost` says that.
 */
export async function runBatch(
  batch: Batch,
  checked: readonly TargetCheck[],
): Promise<{ results: TargetProgress[]; lost: TriggerError | undefined }> {
  const { context, report, journal, failFast, limit } = batch
  const nodes = nodesOf(batch.targets, checked)
  const taken = takenPipelines()
  for (const { target, progress } of nodes) {
    const build = batch.earlier.get(target.name)?.result?.build
    if (build && progress.server !== null) taken.take(progress.server, build)
  }
  const byName = new Map(nodes.map((node) => [node.target.name, node]))
  const progressOf = (name: string): TargetProgress | undefined => byName.get(name)?.progress
  const { ms, since, signal: stopped } = limit
  const total = ms === Infinity ? undefined : ({ ms, since, flag: '--batch-timeout' } as const)
  let left = nodes.length
  let finish: () => void = () => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let hasStopped = false
  let lost: TriggerError | undefined
  const tell = async (event: Parameters<typeof report>[0]): Promise<void> => {
    await report(event).catch((error: unknown) => {
      lost ??= asTriggerError(error, { kind: 'none' })
    })
  }
  const queue = triggerQueue(
    {
      parallel: batch.parallel,
      perMinute: (base) => batch.perMinute(base),
      begin(index, turn) {
        const node = nodes[index]
        if (node) void begin(node, turn)
      },
      waiting({ base, project }, until) {
        const now = context.wallTime()
        void tell({ type: 'limited', server: base, project, until: now + until - context.now(), now })
      },
    },
    context,
  )
  const wait = async (node: BatchNode): Promise<void> => {
    if (node.awaited > 0 || node.isReady || node.progress.state === 'over') return
    // What it waits for may have ended before this is called.
    node.isReady = true
    const entry = batch.earlier.get(node.target.name)
    const isFollowed = node.dependents.length > 0 || (checked[node.index]?.isFollowed ?? false)
    const recorded = recordedEnd(entry, isFollowed)
    if (recorded) {
      Object.assign(node.progress, recorded)
      await over(node)
      return
    }
    const place = checked[node.index]?.place
    if (!place) throw new Error(`a target that was not checked: ${node.target.name}`)
    queue.add({ place, index: node.index })
  }
  const begin = async (node: BatchNode, turn: QueueTurn): Promise<void> => {
    const { target, progress } = node
    node.hasBegun = true
    progress.state = 'starting'
    progress.begunAt = context.wallTime()
    try {
      await tell({ type: 'changed', target: progress, now: progress.begunAt })
      const isNeeded = node.dependents.length > 0
      const check = checked[node.index]
      const planned = check?.planned
      if (check) check.planned = undefined
      const { failure, exitCode } = await runTarget({
        batch,
        target,
        index: node.index,
        planned,
        progress,
        turn,
        taken,
        isNeeded,
        progressOf,
        stopped,
        total,
      })
      Object.assign(progress, { exit: failure?.exit ?? 'success', exitCode })
      if (failure) progress.why = failure.message
      progress.mayExist = failure?.build.kind === 'unknown'
      if (failure?.build.kind === 'triggered' && failure.build.build) progress.id ??= failure.build.build.id
      const { exit = 'internal', status, id } = progress
      if (id !== null) journal?.end(target.name, { exit, exitCode, status })
    } catch (error) {
      const failure = asTriggerError(error, { kind: 'none' })
      Object.assign(progress, { exit: failure.exit, exitCode: failure.exitCode, why: failure.message })
    }
    // With --fail-fast nothing may take its room.
    await over(node)
    turn.end()
  }
  /** Whether those that need a target may start. */
  const hasSucceeded = ({ progress: { exit, id } }: BatchNode): boolean => exit === 'success' && id !== null
  const over = async (node: BatchNode): Promise<void> => {
    // Chains may be long: no recursion.
    const ended = [node]
    const ready: BatchNode[] = []
    for (let each = ended.pop(); each; each = ended.pop()) {
      const now = context.wallTime()
      each.progress.state = 'over'
      each.progress.endedAt = now
      left -= 1
      const { next, dependents, progress } = each
      for (const other of hasSucceeded(each) ? dependents : []) {
        other.awaited -= 1
        ready.push(other)
      }
      if (next) {
        next.awaited -= 1
        ready.push(next)
      }
      if (!hasSucceeded(each)) ended.push(...leaveOut(dependents, notDone(progress)))
      if (failFast && progress.exit !== 'success' && !hasStopped) {
        hasStopped = true
        queue.stop()
        ended.push(
          ...leaveOut(nodes, { exit: 'notStarted', why: `${progress.name} has failed (--fail-fast)` }),
        )
      }
      await tell({ type: 'changed', target: progress, now })
    }
    for (const each of ready) await wait(each)
    if (left === 0) finish()
  }
  /** Marks targets that have not begun as not started; returns those that it has marked. */
  const leaveOut = (
    some: readonly BatchNode[],
    { exit, why }: { exit: ExitName; why: string },
  ): BatchNode[] => {
    const marked = some.filter(
      (each) => !each.hasBegun && each.progress.state !== 'over' && each.progress.exit === undefined,
    )
    for (const { progress, index } of marked) {
      const own = checked[index]?.exitCodes
      const exitCode = own ? exitCodeFor(exit, own) : exitCodes[exit].code
      Object.assign(progress, { exit, exitCode, why })
    }
    return marked
  }
  const stop = (reason: unknown): void => {
    hasStopped = true
    queue.stop()
    const exit: ExitName = reason instanceof Interrupted ? signalExits[reason.signal] : 'notReached'
    const why = reason instanceof Error ? reason.message : 'stopped'
    const marked = leaveOut(nodes, { exit, why })
    void (async () => {
      for (const each of marked) await over(each)
    })()
  }
  const onStop = (): void => {
    stop(stopped.reason)
  }
  stopped.addEventListener('abort', onStop, { once: true })
  await tell({ type: 'planned', targets: nodes.map(({ progress }) => progress), now: context.wallTime() })
  if (stopped.aborted) onStop()
  for (const node of nodes) await wait(node)
  if (nodes.length > 0) await finished
  limit.end()
  stopped.removeEventListener('abort', onStop)
  const results = nodes.map(({ progress }) => progress)
  await tell({ type: 'finished', targets: results, now: context.wallTime() })
  return { results, lost }
}
