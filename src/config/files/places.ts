import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { configError } from '../../core/errors.ts'
import { fromEnv, type Setting } from '../setting.ts'

/** The folders in which things of ours are looked for. An unusable HOME or XDG value is no folder, never the working directory (T9). */
export interface Places {
  /** The user's home. */
  home: string | undefined
  /** The user's own config folder. */
  user: string | undefined
  /** The system's config folders, best first. */
  system: string[]
  /** Where trust and history are kept. */
  state: string | undefined
}

const name = 'gitlab-trigger'

/** An environment variable that holds an absolute path; XDG wants relative ones ignored. */
function absolute(env: Context['env'], variable: string): string | undefined {
  const value = fromEnv(env, variable)?.value
  return value !== undefined && isAbsolute(value) ? value : undefined
}

/** The folders for this user and environment. */
export function placesFor(context: Pick<Context, 'env' | 'home'>): Places {
  const { env } = context
  const onRecord = context.home()
  const home =
    absolute(env, 'HOME') ?? (onRecord !== undefined && isAbsolute(onRecord) ? onRecord : undefined)
  const below = (variable: string, ...path: string[]): string | undefined => {
    const base = absolute(env, variable) ?? (home && join(home, ...path))
    return base && join(base, name)
  }
  const xdg = (fromEnv(env, 'XDG_CONFIG_DIRS')?.value ?? '/etc/xdg').split(':').filter(isAbsolute)
  return {
    home,
    user: below('XDG_CONFIG_HOME', '.config'),
    system: [join('/etc', name), ...xdg.map((folder) => join(folder, name))],
    state: below('XDG_STATE_HOME', '.local', 'state'),
  }
}

/** `~/x` as a path under the home; other relative paths are meant from `folder`. Throws a configuration error where there is no home. */
export function expandPath(
  { value: path, origin }: Setting<string>,
  folder: string,
  { home }: Places,
): string {
  if (path.startsWith('~/')) {
    if (home === undefined)
      throw configError(`${origin}: there is no home folder for ${path}`, 'Set HOME, or give the whole path.')
    return join(home, path.slice(2))
  }
  return isAbsolute(path) ? path : join(folder, path)
}

/** A path that was typed, from the working directory. Throws a configuration error where that was deleted. */
export function fromHere(path: string, context: Pick<Context, 'cwd'>): string {
  if (isAbsolute(path)) return path
  try {
    return join(context.cwd(), path)
  } catch {
    throw configError(`${path}: the working directory is not there any more`, 'Give the whole path.')
  }
}

/** The folders from the working directory up to the root of its repository; only itself outside one; none if it was deleted. */
export function checkoutFolders(context: Pick<Context, 'cwd'>): string[] {
  let folder: string
  try {
    folder = context.cwd()
  } catch {
    return []
  }
  const folders: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    folders.push(at)
    if (existsSync(join(at, '.git'))) return folders
    if (dirname(at) === at) return [folder]
  }
}
