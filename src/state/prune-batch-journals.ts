import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError } from '../core/errors.ts'
import { inFileTime, inWriteTime } from '../core/limits/file-time.ts'
import { unwritableFix, unwritableReason } from '../core/text/unwritable-fix.ts'
import { parseBatch } from './batch-lines.ts'
import { syncFolder } from './room-file.ts'
import type { StateWorld } from './state-world.ts'

/** The files of each plan, the oldest first. */
async function filesByPlan(folder: string, world: StateWorld): Promise<string[][]> {
  const counts = new Map<string, number[]>()
  for (const name of await inFileTime(() => readdir(folder), world)) {
    const [, plan, count] = /^([0-9a-f]{32})\.(\d+)\.jsonl$/.exec(name) ?? []
    if (plan !== undefined) counts.set(plan, [...(counts.get(plan) ?? []), Number(count)])
  }
  return [...counts].map(([plan, found]) =>
    found.sort((a, b) => a - b).map((count) => join(folder, `${plan}.${count}.jsonl`)),
  )
}

/** Whether nothing of a plan's last run is needed any more: it came to its end, and began before `until`. One that was stopped may be gone on with. */
async function isOver(paths: readonly string[], until: number, world: StateWorld): Promise<boolean> {
  const read = (): Promise<string> => readFile(paths.at(-1) ?? '', 'utf8').catch(() => '')
  const text = await inFileTime(read, world)
  const last = parseBatch(text)
  return last !== undefined && last.isOver && Date.parse(last.run.at) < until
}

/**
 * Removes the journals of the plans whose last run came to its end, and began before `until` (ms since 1970). Resolves to how many files were removed and kept.
 * Throws a configuration error.
 */
export async function pruneBatchJournals(
  folder: string,
  until: number,
  world: StateWorld,
): Promise<{ removed: number; kept: number }> {
  const counts = { removed: 0, kept: 0 }
  try {
    for (const paths of await filesByPlan(folder, world)) {
      const goes = await isOver(paths, until, world)
      counts[goes ? 'removed' : 'kept'] += paths.length
      // The newest goes last: while it is there, what it says is true of the plan.
      if (goes) for (const path of paths) await inWriteTime(() => unlink(path), world)
    }
    if (counts.removed > 0) await inWriteTime(() => syncFolder(folder), world)
    return counts
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return counts
    if (codeOf(error) === '') throw error
    throw configError(
      `the journals of batches in ${folder} cannot be pruned (${unwritableReason(error)})`,
      unwritableFix(error, 'remove old files there by hand.', 'Make that folder writable'),
    )
  }
}
