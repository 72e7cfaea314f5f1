import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError, type TriggerError } from '../core/errors.ts'
import { makeFolder } from '../core/make-folder.ts'

/** What was last triggered of a kind. */
export interface Last {
  sha: string
  /** The build's; null where GitLab did not say. */
  id: number | null
  /** ISO 8601, UTC. */
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

/** What was last triggered under a key; undefined where nothing was, or it cannot be read: then it is triggered once more. */
export async function readLast(folder: string, key: string): Promise<Last | undefined> {
  try {
    const last = JSON.parse(await readFile(fileOf(folder, key), 'utf8')) as Partial<Last>
    const { sha, id = null, at = '' } = last
    return typeof sha === 'string' ? { sha, id, at } : undefined
  } catch {
    return undefined
  }
}

/** A place to remember what is about to be triggered. */
export interface Memory {
  /** Rejects when it cannot be written. */
  keep(last: Last): Promise<void>
  /** Nothing was triggered. */
  drop(): Promise<void>
}

/** Makes sure, before anything is triggered, that it can be remembered. Throws a configuration error where it cannot. */
export async function openMemory(folder: string, key: string): Promise<Memory> {
  const path = fileOf(folder, key)
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await makeFolder(folder)
    const handle = await open(temporary, 'wx', 0o600)
    return {
      async keep(last) {
        await handle.writeFile(`${JSON.stringify(last)}\n`)
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
