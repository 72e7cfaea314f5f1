import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { inWriteTime, type FileWorld } from '../../core/limits/file-time.ts'
import { storeExactly } from '../../core/store.ts'

/**
 * Writes a file of the user's own atomically and exactly, by default readable by this user alone: a new one next to it takes its place once it is
 * on the disk. Throws Node's errors; the file is as it was then, and nothing lies next to it, unless its file system does not answer (ETIMEDOUT).
 */
export function writePrivately(
  path: string,
  content: string | Buffer,
  world: FileWorld,
  mode = 0o600,
): Promise<void> {
  return inWriteTime(() => write(path, content, mode), world)
}

async function write(path: string, content: string | Buffer, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    try {
      await storeExactly(handle, content)
      // What open was given is cut by the umask.
      await handle.chmod(mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}
