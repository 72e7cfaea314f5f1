import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError, type TriggerError } from '../core/errors.ts'
import { jsonLine } from '../core/json-line.ts'
import { makeFolder } from '../core/make-folder.ts'
import type { SecretRegistry } from '../core/secret.ts'
import { storeText } from '../core/store.ts'

/** The last trigger under a key (`--only-if-changed`). */
export interface Last {
  sha: string
  /** The pipeline's id; null if GitLab did not send it. */
  id: number | null
  /** The time, ISO 8601 in UTC. */
  at: string
}

const unwritable = (folder: string, error: unknown): TriggerError =>
  configError(
    `--only-if-changed: ${folder} cannot be written (${codeOf(error)})`,
    'Make that folder writable, or set XDG_STATE_HOME.',
  )

function fileOf(folder: string, key: string): string {
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
}

/** The last trigger under a key; undefined if none can be read, which leads to one more trigger. */
export async function readLast(folder: string, key: string): Promise<Last | undefined> {
  try {
    const last = JSON.parse(await readFile(fileOf(folder, key), 'utf8')) as Partial<Last>
    const { sha, id = null, at = '' } = last
    return typeof sha === 'string' ? { sha, id, at } : undefined
  } catch {
    return undefined
  }
}

/** An open file that will hold the next trigger. */
export interface Memory {
  /** Records the trigger. Rejects if it cannot be written. */
  keep(last: Last): Promise<void>
  /** Leaves the record as it was, because nothing was triggered. */
  drop(): Promise<void>
}

/** Opens the record before the trigger is sent. Throws a configuration error if it cannot be written. */
export async function openMemory(folder: string, key: string, secrets: SecretRegistry): Promise<Memory> {
  const path = fileOf(folder, key)
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await makeFolder(folder)
    const handle = await open(temporary, 'wx', 0o600)
    return {
      async keep(last) {
        await storeText(handle, jsonLine(last, secrets))
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
