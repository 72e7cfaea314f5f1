import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError } from '../core/errors.ts'
import { inFileTime, inWriteTime } from '../core/limits/file-time.ts'
import { unwritableFix, unwritableReason } from '../core/text/unwritable-fix.ts'
import { parseEntry, type Entry } from './journal-entry.ts'
import { syncFolder } from './room-file.ts'
import type { StateWorld } from './state-world.ts'

/** The files of one key, in the order of its triggers. */
interface Chain {
  paths: string[]
  entries: (Entry | undefined)[]
}

/** The journal by keys. A key of which files are missing in between is left out, as what it stands for is not known. */
async function readChains(folder: string, world: StateWorld): Promise<Chain[]> {
  const names = await inFileTime(() => readdir(folder), world)
  const counts = new Map<string, number[]>()
  for (const name of names) {
    const [, hash, count = '0'] = /^([0-9a-f]{32})(?:\.(\d+))?\.jsonl$/.exec(name) ?? []
    if (hash !== undefined) counts.set(hash, [...(counts.get(hash) ?? []), Number(count)])
  }
  const whole = [...counts].filter(([, found]) => found.length === Math.max(...found) + 1)
  const chains: Chain[] = []
  for (const [hash, found] of whole) {
    const paths = found
      .sort((a, b) => a - b)
      .map((count) => join(folder, count === 0 ? `${hash}.jsonl` : `${hash}.${count}.jsonl`))
    const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
    const texts = await inFileTime(() => Promise.all(paths.map(read)), world)
    chains.push({ paths, entries: texts.map(parseEntry) })
  }
  return chains
}

/**
 * Whether nothing of a key is needed any more: its last trigger made a pipeline, before `until`. While its outcome is unknown, or the run has not ended, the
 * entry alone keeps a second trigger away. A key that has made nothing yet may be about to be used.
 */
function isOver({ entries }: Chain, until: number): boolean {
  const last = entries.at(-1)?.result
  return last?.outcome === 'triggered' && Date.parse(last.at) < until
}

/**
 * Removes the keys from the journal whose last trigger made a pipeline, and ended before `until` (ms since 1970): from then on they are new. Resolves to how many
 * entries were removed and kept. Of several files of a key the first goes first: by it `recordIntent` sees that the others are none of its key any more.
 * Throws a configuration error.
 */
export async function pruneJournal(
  folder: string,
  until: number,
  world: StateWorld,
): Promise<{ removed: number; kept: number }> {
  try {
    const chains = await readChains(folder, world)
    const over = chains.filter((chain) => isOver(chain, until))
    for (const { paths } of over) for (const path of paths) await inWriteTime(() => unlink(path), world)
    if (over.length > 0) await inWriteTime(() => syncFolder(folder), world)
    const count = (some: readonly Chain[]): number => some.reduce((sum, { paths }) => sum + paths.length, 0)
    return { removed: count(over), kept: count(chains) - count(over) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { removed: 0, kept: 0 }
    if (codeOf(error) === '') throw error
    throw configError(
      `the journal in ${folder} cannot be pruned (${unwritableReason(error)})`,
      unwritableFix(error, 'remove old files there by hand.', 'Make that folder writable'),
    )
  }
}
