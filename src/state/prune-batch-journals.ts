import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError } from '../core/errors.ts'
import { parseBatch } from './batch-lines.ts'
import { syncFolder } from './room-file.ts'

/** The files of each plan, the oldest first. */
async function filesByPlan(folder: string): Promise<string[][]> {
  const counts = new Map<string, number[]>()
  for (const name of await readdir(folder)) {
    const [, plan, count] = /^([0-9a-f]{32})\.(\d+)\.jsonl$/.exec(name) ?? []
    if (plan !== undefined) counts.set(plan, [...(counts.get(plan) ?? []), Number(count)])
  }
  return [...counts].map(([plan, found]) =>
    found.sort((a, b) => a - b).map((count) => join(folder, `${plan}.${count}.jsonl`)),
  )
}

/** Whether nothing of a plan's last run is needed any more: it came to its end, and began before `until`. One that was stopped may be gone on with. */
async function isOver(paths: readonly string[], until: number): Promise<boolean> {
  const text = await readFile(paths.at(-1) ?? '', 'utf8').catch(() => '')
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
): Promise<{ removed: number; kept: number }> {
  const counts = { removed: 0, kept: 0 }
  try {
    for (const paths of await filesByPlan(folder)) {
      const goes = await isOver(paths, until)
      counts[goes ? 'removed' : 'kept'] += paths.length
      // The newest goes last: while it is there, what it says is true of the plan.
      if (goes) for (const path of paths) await unlink(path)
    }
    if (counts.removed > 0) await syncFolder(folder)
    return counts
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return counts
    throw configError(`the journals of batches in ${folder} cannot be pruned (${codeOf(error)})`)
  }
}
