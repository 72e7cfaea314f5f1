import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { configError, type TriggerError } from '../core/errors.ts'
import { jsonLine } from '../core/text/json-line.ts'
import { makeFolder } from '../core/make-folder.ts'
import { unwritableFix, unwritableReason } from '../core/text/unwritable-fix.ts'
import { storeTextAt } from '../core/store.ts'
import { readInTime, writeInTime, type StateWorld } from './state-world.ts'

/** The last trigger under a key (`--only-if-changed`). */
export interface LastTrigger {
  sha: string
  /** The pipeline's id; null if GitLab did not send it. */
  id: number | null
  /** The time, ISO 8601 in UTC. */
  at: string
}

const unwritable = (folder: string, error: unknown): TriggerError =>
  configError(
    `--only-if-changed: ${folder} cannot be written (${unwritableReason(error)})`,
    unwritableFix(error, 'set XDG_STATE_HOME.', 'Make that folder writable'),
  )

/** The name of what is kept under a key: for its file, and for its lock. */
export function recordName(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32)
}

function fileOf(folder: string, key: string): string {
  return join(folder, `${recordName(key)}.json`)
}

/** Room for a record, in bytes, which is taken before the trigger is sent: afterwards the disk may be full. */
const roomBytes = 512

/** The last trigger under a key; undefined if none can be read, which leads to one more trigger. Throws a configuration error where its file system does not answer. */
export async function readLast(
  folder: string,
  key: string,
  world: StateWorld,
): Promise<LastTrigger | undefined> {
  const read = (): Promise<string> => readFile(fileOf(folder, key), 'utf8').catch(() => '')
  const text = await readInTime(read, world, (error) => unwritable(folder, error))
  try {
    const last = JSON.parse(text) as Partial<LastTrigger>
    const { sha, id = null, at = '' } = last
    return typeof sha === 'string' ? { sha, id, at } : undefined
  } catch {
    return undefined
  }
}

/** An open file that will hold the next trigger. */
export interface TriggerRecord {
  /** Records the trigger. Rejects if it cannot be written. */
  keep(last: LastTrigger): Promise<void>
  /** Leaves the record as it was, because nothing was triggered. */
  drop(): Promise<void>
}

/** Opens the record, with room for it on the disk, before the trigger is sent. Throws a configuration error if it cannot be written. */
export async function openRecord(folder: string, key: string, world: StateWorld): Promise<TriggerRecord> {
  const refuse = (error: unknown): TriggerError => unwritable(folder, error)
  const record = await writeInTime(() => openFile(folder, key, world), world, refuse)
  return {
    keep: (last) => writeInTime(() => record.keep(last), world, refuse),
    drop: () => writeInTime(() => record.drop(), world, refuse),
  }
}

async function openFile(folder: string, key: string, { secrets }: StateWorld): Promise<TriggerRecord> {
  const path = fileOf(folder, key)
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await makeFolder(folder)
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await storeTextAt(handle, secrets.redact(' '.repeat(roomBytes)), 0)
      await handle.sync()
    } catch (error) {
      await handle.close()
      await unlink(temporary)
      throw error
    }
    return {
      async keep(last) {
        await storeTextAt(handle, jsonLine(last, secrets), 0)
        await handle.sync()
        await handle.close()
        await rename(temporary, path)
      },
      async drop() {
        await handle.close()
        await unlink(temporary)
      },
    }
  } catch (error) {
    throw unwritable(folder, error)
  }
}
