import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './errors.ts'

/**
 * Makes a folder and those above it, readable by this user alone; one that is there already stays as it is. Node's own `recursive` never returns
 * under a pseudo file system (performance.md 4.3). Throws Node's errors.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await stat(dirname(path)).then(
      () => {
        // The folder above is there, and yet nothing can be made in it.
        throw error
      },
      () => makeFolder(dirname(path)),
    )
    await mkdir(path, { mode: 0o700 })
  }
}
