import { readdir, rm, mkdir } from 'node:fs/promises'
import { codeOf, usageError, type TriggerError } from '../core/errors.ts'
import { makeFolder } from '../core/make-folder.ts'
import { siblingPath, describeIoError } from './target-file.ts'

/**
 * Creates a folder, unless it exists, and checks that files can be created in it. Throws a usage error that
 * names `flag` where not, or where it holds something: what an earlier run left would pass for this one's,
 * and nobody's files are overwritten or removed.
 */
export async function openFolder(flag: string, path: string): Promise<string> {
  const refuse = (why: string, hint = ''): TriggerError =>
    usageError(`${flag}: cannot use ${path}: ${why}`, hint)
  try {
    await makeFolder(path, 0o777)
    const names = await readdir(path)
    if (names.length > 0) throw refuse('it is not empty', 'Give a new or an empty folder.')
    const probe = siblingPath(path)
    await mkdir(probe)
    await rm(probe, { recursive: true })
    return path
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw refuse('it is not a folder')
    if (codeOf(error) === '') throw error
    throw refuse(describeIoError(error))
  }
}
