import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './errors.ts'

/** Creates one folder unless it exists. Resolves to false if its parent folder is missing. */
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
 * Creates a folder and its missing parents, accessible to this user alone unless `mode` says otherwise.
 * Existing folders keep their mode. Node's `recursive` option never returns on pseudo file systems
 * (docs/performance.md#4.3), where creating a parent succeeds but ENOENT remains. Throws Node's errors.
 */
export async function makeFolder(path: string, mode = 0o700): Promise<void> {
  if (await makeOne(path, mode)) return
  await makeFolder(dirname(path), mode)
  if (!(await makeOne(path, mode))) throw Object.assign(new Error('it cannot be created'), { code: 'ENOENT' })
}
