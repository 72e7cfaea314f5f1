import { createHash } from 'node:crypto'
import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError, TriggerError } from '../core/errors.ts'
import { makeFolder } from '../core/make-folder.ts'
import { unwritableFix, unwritableReason } from '../core/text/unwritable-fix.ts'
import { parseEntry, type Entry, type Intent, type Result } from './journal-entry.ts'
import { createWithLine, syncFolder, writeInRoom } from './room-file.ts'
import { readInTime, writeInTime, type StateWorld } from './state-world.ts'

/** A trigger whose intent is in the journal. */
export interface RecordedIntent {
  /** Writes the result. Rejects if it cannot be written. */
  finish(result: Result): Promise<void>
}

const unwritable = (folder: string, error: unknown): TriggerError =>
  configError(
    `--once: the journal in ${folder} cannot be written (${unwritableReason(error)})`,
    unwritableFix(error, 'set XDG_STATE_HOME.', 'Make that folder writable'),
  )

/**
 * The file of a key's trigger, counted from 0: the next one begins when one has recorded that it created nothing.
 * No file is ever renamed or emptied, so that a run that is killed between two steps loses nothing, and of several runs
 * at once only one can create the next file.
 */
function fileOf(folder: string, key: string, count: number): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
  return join(folder, count === 0 ? `${name}.jsonl` : `${name}.${count}.jsonl`)
}

/** The file that a key is at, and whether it is there: else the key is free. */
interface Place {
  path: string
  isThere: boolean
  /** Undefined also where the file holds no whole line. */
  entry: Entry | undefined
}

/** The first file of a key that does not say that nothing was created. */
async function placeOf(folder: string, key: string): Promise<Place> {
  for (let count = 0; ; count += 1) {
    const path = fileOf(folder, key, count)
    try {
      const entry = parseEntry(await readFile(path, 'utf8'))
      if (entry?.result?.outcome !== 'none') return { path, isThere: true, entry }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { path, isThere: false, entry: undefined }
      throw unwritable(folder, error)
    }
  }
}

/** The entry of a key. Undefined if the key is unused or all its triggers created nothing. Throws a configuration error. */
export async function readEntry(folder: string, key: string, world: StateWorld): Promise<Entry | undefined> {
  const { entry } = await readInTime(
    () => placeOf(folder, key),
    world,
    (error) => unwritable(folder, error),
  )
  return entry
}

/**
 * Writes an intent; it is on the disk when this resolves. Resolves to undefined if another run has written
 * the same key in the meantime. Throws a configuration error if it cannot be written: then nothing must be sent
 * (docs/guarantees.md#T76).
 */
export async function recordIntent(
  folder: string,
  intent: Intent,
  world: StateWorld,
): Promise<RecordedIntent | undefined> {
  const isOurs = await writeInTime(
    () => writeIntent(folder, intent, world),
    world,
    (error) => unwritable(folder, error),
  )
  return isOurs ? { finish: (result) => recordResult(folder, intent, result, world) } : undefined
}

/** Resolves to whether the intent is this run's. */
async function writeIntent(folder: string, intent: Intent, world: StateWorld): Promise<boolean> {
  try {
    await makeFolder(folder)
    const { path, isThere } = await placeOf(folder, intent.key)
    if (isThere) return false
    await createWithLine(path, intent, world)
    await syncFolder(folder)
    // In the meantime `history --prune` may have removed the first file of the key, and then this one is not found.
    if ((await placeOf(folder, intent.key)).path !== path) {
      await rm(path, { force: true })
      return await writeIntent(folder, intent, world)
    }
  } catch (error) {
    if (error instanceof TriggerError) throw error
    // Another run was faster; its trigger may even have ended with nothing by now.
    if (codeOf(error) === 'EEXIST') return writeIntent(folder, intent, world)
    throw unwritable(folder, error)
  }
  return true
}

/** Writes the result of a trigger. The key is free again if nothing was created. */
export async function recordResult(
  folder: string,
  intent: Intent,
  result: Result,
  world: StateWorld,
): Promise<void> {
  const write = async (): Promise<void> => {
    const { path } = await placeOf(folder, intent.key)
    await writeInRoom(path, result, world)
  }
  await writeInTime(write, world, (error) => unwritable(folder, error))
}

/** All entries, oldest first. Throws a configuration error if the folder cannot be read. */
export async function readAll(folder: string, world: StateWorld): Promise<Entry[]> {
  const refuse = (error: unknown): TriggerError =>
    configError(
      `the journal in ${folder} cannot be read (${unwritableReason(error)})`,
      unwritableFix(error, 'set XDG_STATE_HOME.', 'Make that folder readable'),
    )
  const names = await readInTime(() => readdir(folder), world, refuse).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw codeOf(error) === '' ? error : refuse(error)
  })
  const ours = names.filter((name) => /^[0-9a-f]{32}(\.\d+)?\.jsonl$/.test(name))
  const entries: (Entry | undefined)[] = []
  for (const name of ours) {
    const read = (): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '')
    entries.push(parseEntry(await readInTime(read, world, refuse)))
  }
  return entries.filter((entry) => entry !== undefined).sort((a, b) => a.intent.at.localeCompare(b.intent.at))
}
