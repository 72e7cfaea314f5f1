// Where tests put their files: in memory, where that is a file system from which programs can be run. Thousands of folders
// are made and removed, and every journal and config file is synced to the disk.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const memory = '/dev/shm'
const neededBytes = 4 * 2 ** 30

/** Makes the folder, which TMPDIR names from now on. Returns undefined where there is no such memory: TMPDIR stays as it is. */
export function useMemory() {
  let folder
  try {
    const { bavail, bsize } = statfsSync(memory)
    if (bavail * bsize < neededBytes) return undefined
    folder = mkdtempSync(join(memory, 'tests-'))
    const program = join(folder, 'program')
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
    execFileSync(program)
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    return undefined
  }
  process.env.TMPDIR = folder
  return folder
}
