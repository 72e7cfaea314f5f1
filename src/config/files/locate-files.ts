import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, configError } from '../../core/errors.ts'
import { fileCalls, type FileCalls } from './file-calls.ts'
import type { FileWorld } from '../../core/limits/file-time.ts'
import { checkoutFolders } from './places.ts'

const endings = ['.yaml', '.yml', '.json']

/** Possible names of the user's and the system's config files. */
export const configNames = endings.map((ending) => `config${ending}`)

const projectNames = [
  '.gitlab-triggerrc',
  ...endings.map((ending) => `.gitlab-triggerrc${ending}`),
  'package.json',
]

/** Whether a path exists. Throws if that cannot be determined, since no config file may be skipped. */
async function exists(path: string, { lstat }: FileCalls): Promise<boolean> {
  try {
    return (await lstat(path)) !== undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false
    const code = codeOf(error)
    if (code === '') throw error
    const why = code === 'ETIMEDOUT' ? 'its file system does not answer' : code
    throw configError(`config: cannot access ${path} (${why})`, 'Use --no-config to read no file.')
  }
}

/** Whether it is not known from here if a folder exists, since one above it may not be searched. */
export async function isHidden(folder: string, world: FileWorld): Promise<boolean> {
  return fileCalls(world)
    .lstat(folder)
    .then(
      () => false,
      (error: unknown) => ['EACCES', 'EPERM'].includes(codeOf(error)),
    )
}

/** The path of the only file in a folder with one of these names. Throws if there are two. */
export async function findSingleFile(
  folder: string,
  names: readonly string[],
  world: FileWorld,
): Promise<string | undefined> {
  const calls = fileCalls(world)
  const found: string[] = []
  for (const name of names) if (await exists(join(folder, name), calls)) found.push(join(folder, name))
  if (found.length > 1)
    throw configError(`config: ${found.join(' and ')} are both there`, 'Keep one of them.')
  return found[0]
}

/**
 * The path of the checkout's config file. A package.json counts only if it is trusted: whether it contains our key
 * is known only after parsing it.
 */
export async function findProjectFile(
  context: Pick<Context, 'cwd'> & FileWorld,
  isTrusted: (path: string) => boolean,
): Promise<string | undefined> {
  const calls = fileCalls(context)
  for (const folder of await checkoutFolders(context)) {
    const found: string[] = []
    for (const name of projectNames) {
      const path = join(folder, name)
      if (name === 'package.json' && !isTrusted(path)) continue
      // One that is not trusted is not used anyway: a working directory that may not be searched is no obstacle.
      const isThere = isTrusted(path)
        ? await exists(path, calls)
        : await exists(path, calls).catch(() => false)
      if (isThere) found.push(path)
    }
    // The trusted file takes precedence, so that adding a second file does not disable it.
    const path = found.find(isTrusted) ?? found[0]
    if (path !== undefined) return path
  }
  return undefined
}
