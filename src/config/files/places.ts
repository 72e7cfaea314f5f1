import { dirname, isAbsolute, join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, configError } from '../../core/errors.ts'
import { belowHome } from '../../core/system/home-path.ts'
import { rulesOf } from '../../core/system/platforms.ts'
import { fromEnv, type Setting } from '../setting.ts'
import { fileCalls } from './file-calls.ts'
import type { FileWorld } from '../../core/limits/file-time.ts'

/**
 * The folders for configuration and state. Relative or missing HOME and XDG values are ignored, never taken
 * from the working directory (docs/guarantees.md#T9).
 */
export interface Places {
  /** The user's home folder. */
  home: string | undefined
  /** The user's config folder. */
  user: string | undefined
  /** The system's config folders, in order of precedence. */
  system: string[]
  /** The folder for saved state: trusted files, the journal, locks. */
  state: string | undefined
  /** The operating system, which says how a path in the home folder is written. */
  platform: string
}

const name = 'gitlab-trigger'

/** An environment variable that holds an absolute path. XDG requires that relative ones are ignored. */
function absoluteVariable(env: Context['env'], variable: string): string | undefined {
  const value = fromEnv(env, variable)?.value
  return value !== undefined && isAbsolute(value) ? value : undefined
}

/** The home folder in the system's record of this user. */
function recordedHome(context: Pick<Context, 'home'>): string | undefined {
  const recorded = context.home()
  return recorded !== undefined && isAbsolute(recorded) ? recorded : undefined
}

/** The folders for a user and environment. */
export function placesFor(context: Pick<Context, 'env' | 'home' | 'platform'>): Places {
  const { env, platform } = context
  // Who is asked for the home on record may be a server (LDAP).
  const home = absoluteVariable(env, 'HOME') ?? recordedHome(context)
  const below = (variable: string, ...path: string[]): string | undefined => {
    const base = absoluteVariable(env, variable) ?? (home && join(home, ...path))
    return base && join(base, name)
  }
  const { listSeparator, hasSystemFolders } = rulesOf(context)
  const [own, usual] = hasSystemFolders ? [[join('/etc', name)], '/etc/xdg'] : [[], '']
  const xdg = (fromEnv(env, 'XDG_CONFIG_DIRS')?.value ?? usual).split(listSeparator).filter(isAbsolute)
  return {
    home,
    user: below('XDG_CONFIG_HOME', '.config'),
    system: [...own, ...xdg.map((folder) => join(folder, name))],
    state: below('XDG_STATE_HOME', '.local', 'state'),
    platform,
  }
}

/** Expands `~/`, or resolves a path against `folder`. Throws a configuration error without a home folder. */
export function expandPath({ value: path, origin }: Setting<string>, folder: string, places: Places): string {
  const { home } = places
  const below = belowHome(path, places)
  if (below !== undefined) {
    if (home === undefined)
      throw configError(`${origin}: there is no home folder for ${path}`, 'Set HOME, or give the whole path.')
    return join(home, below)
  }
  return isAbsolute(path) ? path : join(folder, path)
}

/** Resolves a typed path against the working directory. Throws a configuration error if that was deleted. */
export function absolutePath(path: string, context: Pick<Context, 'cwd'>): string {
  if (isAbsolute(path)) return path
  try {
    return join(context.cwd(), path)
  } catch {
    throw configError(`${path}: the working directory no longer exists`, 'Give the whole path.')
  }
}

/** For a failed search for `.git`, which is then not there. Rethrows a signal, and that no answer came. */
function notThere(error: unknown): false {
  if (['', 'ETIMEDOUT'].includes(codeOf(error))) throw error
  return false
}

/**
 * The folders from the working directory up to the root of its git repository; outside one only the working
 * directory; none if it was deleted.
 */
export async function checkoutFolders(context: Pick<Context, 'cwd'> & FileWorld): Promise<string[]> {
  let folder: string
  try {
    folder = context.cwd()
  } catch {
    return []
  }
  const { lstat } = fileCalls(context)
  const folders: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    folders.push(at)
    const isRoot = await lstat(join(at, '.git')).then((found) => found !== undefined, notThere)
    if (isRoot) return folders
    if (dirname(at) === at) return [folder]
  }
}
