// Where tests put their files: in memory, where that is a file system from which programs can be run. Thousands of folders
// are made and removed, and every journal and config file is synced to the disk.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
const neededBytes = 4 * 2 ** 30

/** Makes the folder, which workers take for their tests. Returns undefined where there is no such memory. */
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
  process.env.TESTS_IN_MEMORY = folder
  process.env.TESTS_ON_DISK = tmpdir()
  return folder
}

/** Lets TMPDIR name the folder for a test file. Packages and images (`*.deep.ts`) are made on a disk, as their users do it, and may take more room. */
export function useTemporary(testFile) {
  const { TESTS_IN_MEMORY: inMemory, TESTS_ON_DISK: onDisk } = process.env
  if (inMemory !== undefined) process.env.TMPDIR = /\.(deep|night)\.ts$/.test(testFile) ? onDisk : inMemory
}
