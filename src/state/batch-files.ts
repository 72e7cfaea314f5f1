import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError } from '../core/errors.ts'
import { parseBatch, type EarlierBatch } from './batch-lines.ts'

const hashOfPlan = (plan: string): string => createHash('sha256').update(plan).digest('hex').slice(0, 32)

/** The file of a run of a plan, by its number. */
export const fileOf = (folder: string, plan: string, count: number): string =>
  join(folder, `${hashOfPlan(plan)}.${count}.jsonl`)

/** The numbers of a plan's files, the newest last. Each run of a plan has a file of its own. Throws a configuration error where the folder cannot be read. */
export async function runNumbersOf(folder: string, plan: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw configError(
      `batch: the journal in ${folder} cannot be read (${codeOf(error)})`,
      'Make that folder readable, or set XDG_STATE_HOME.',
    )
  })
  const prefix = `${hashOfPlan(plan)}.`
  return names
    .filter((name) => name.startsWith(prefix) && /\.\d+\.jsonl$/.test(name))
    .map((name) => Number(name.slice(prefix.length).split('.')[0]))
    .sort((a, b) => a - b)
}

/** What the last run of a plan has recorded. Undefined where there is none. Throws a configuration error where that cannot be read. */
export async function readEarlier(folder: string, plan: string): Promise<EarlierBatch | undefined> {
  const count = (await runNumbersOf(folder, plan)).at(-1)
  if (count === undefined) return undefined
  const path = fileOf(folder, plan, count)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw configError(`batch: the journal ${path} cannot be read (${codeOf(error)})`)
  })
  const earlier = parseBatch(text)
  if (!earlier)
    throw configError(`batch: the journal ${path} holds no whole line`, 'Check it, then remove it.')
  return { ...earlier, count }
}
