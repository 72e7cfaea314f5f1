import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError } from '../core/errors.ts'
import { inFileTime } from '../core/limits/file-time.ts'
import { unwritableFix, unwritableReason } from '../core/text/unwritable-fix.ts'
import { parseBatch, type EarlierBatch } from './batch-lines.ts'
import type { StateWorld } from './state-world.ts'

const hashOfPlan = (plan: string): string => createHash('sha256').update(plan).digest('hex').slice(0, 32)

/** The file of a run of a plan, by its number. */
export const fileOf = (folder: string, plan: string, count: number): string =>
  join(folder, `${hashOfPlan(plan)}.${count}.jsonl`)

/** The numbers of a plan's files, the newest last. Each run of a plan has a file of its own. Throws a configuration error where the folder cannot be read. */
export async function runNumbersOf(folder: string, plan: string, world: StateWorld): Promise<number[]> {
  const names = await inFileTime(() => readdir(folder), world).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    if (codeOf(error) === '') throw error
    throw configError(
      `batch: the journal in ${folder} cannot be read (${unwritableReason(error)})`,
      unwritableFix(error, 'set XDG_STATE_HOME.', 'Make that folder readable'),
    )
  })
  const prefix = `${hashOfPlan(plan)}.`
  return names
    .filter((name) => name.startsWith(prefix) && /\.\d+\.jsonl$/.test(name))
    .map((name) => Number(name.slice(prefix.length).split('.')[0]))
    .sort((a, b) => a - b)
}

/** What the last run of a plan has recorded. Undefined where there is none. Throws a configuration error where that cannot be read. */
export async function readEarlier(
  folder: string,
  plan: string,
  world: StateWorld,
): Promise<EarlierBatch | undefined> {
  const count = (await runNumbersOf(folder, plan, world)).at(-1)
  if (count === undefined) return undefined
  const path = fileOf(folder, plan, count)
  const text = await inFileTime(() => readFile(path, 'utf8'), world).catch((error: unknown) => {
    if (codeOf(error) === '') throw error
    throw configError(
      `batch: the journal ${path} cannot be read (${unwritableReason(error)})`,
      unwritableFix(error, 'set XDG_STATE_HOME.', 'Make it readable'),
    )
  })
  const earlier = parseBatch(text)
  if (!earlier)
    throw configError(`batch: the journal ${path} holds no whole line`, 'Check it, then remove it.')
  return { ...earlier, count }
}
