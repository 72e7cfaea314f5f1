import { constants } from 'node:fs'
import { access, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf, usageError, type TriggerError } from '../core/errors.ts'
import { inFileTime, type FileWorld } from '../core/limits/file-time.ts'
import { makeFolder } from '../core/make-folder.ts'
import { describeIoError, unwritableFix } from '../core/text/unwritable-fix.ts'
import { siblingPath } from './target-file.ts'

/** The usage error for an error of Node, or for a folder that holds something. */
function refusal(flag: string, path: string, error: unknown): TriggerError {
  const refuse = (why: string, hint: string): TriggerError =>
    usageError(`${flag}: cannot use ${path}: ${why}`, hint)
  if (error === 'filled') return refuse('it is not empty', 'Give a new or an empty folder.')
  return refuse(
    describeIoError(error),
    unwritableFix(error, 'give a new or an empty folder.', 'Make it and its folder writable'),
  )
}

/**
 * Creates a folder, unless it exists, and checks that files can be created in it. Throws a usage error that
 * names `flag` where not, or where it holds something: what an earlier run left would pass for this one's,
 * and no file of a user is overwritten or removed.
 */
export async function openFolder(flag: string, path: string, world: FileWorld): Promise<string> {
  const open = async (): Promise<void> => {
    await makeFolder(path, 0o777)
    const names = await readdir(path)
    if (names.length > 0) throw refusal(flag, path, 'filled')
    const probe = siblingPath(path)
    await mkdir(probe)
    await rm(probe, { recursive: true })
  }
  try {
    await inFileTime(open, world)
    return path
  } catch (error) {
    throw codeOf(error) === '' ? error : refusal(flag, path, error)
  }
}

/** Throws the usage error with which `openFolder` would refuse the folder. Creates nothing. */
export async function checkFolder(flag: string, path: string, world: FileWorld): Promise<string> {
  const check = async (): Promise<void> => {
    const stats = await stat(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined
      throw refusal(flag, path, error)
    })
    if (!stats) await checkCreatable(dirname(path))
    else if (!stats.isDirectory()) throw refusal(flag, path, { code: 'EEXIST' })
    else if ((await readdir(path)).length > 0) throw refusal(flag, path, 'filled')
    else await access(path, constants.W_OK | constants.X_OK)
  }
  try {
    await inFileTime(check, world)
    return path
  } catch (error) {
    throw codeOf(error) === '' ? error : refusal(flag, path, error)
  }
}

/** Rejects with Node's error where no folder can be created in the first of these parents that exists. */
async function checkCreatable(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await checkCreatable(dirname(folder))
  }
}
