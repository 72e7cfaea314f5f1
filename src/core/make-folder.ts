import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './errors.ts'

/** Makes one folder, if it is not there; false where the one above it is missing. */
async function makeOne(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return true
    if (codeOf(error) === 'ENOENT' && dirname(path) !== path) return false
    throw error
  }
}

/**
 * Makes a folder and those above it, readable by this user alone unless `mode` says more; one that is there already stays as it is. Node's
 * own `recursive` never returns under a pseudo file system (performance.md 4.3), where ENOENT stays whatever is made. Throws Node's errors.
 */
export async function makeFolder(path: string, mode = 0o700): Promise<void> {
  if (await makeOne(path, mode)) return
  await makeFolder(dirname(path), mode)
  if (!(await makeOne(path, mode))) throw Object.assign(new Error('it cannot be made'), { code: 'ENOENT' })
}
