import { isAbsolute, join } from 'node:path'
import type { Context } from '../context.ts'
import { rulesOf } from './platforms.ts'

/** The user's home folder by HOME, else by the system's record; undefined without one. */
function homeOf({ env, home }: Pick<Context, 'env' | 'home'>): string | undefined {
  const set = env['HOME'] ?? ''
  const folder = isAbsolute(set) ? set : home()
  return folder !== undefined && isAbsolute(folder) ? folder : undefined
}

/** The rest of a path that begins with `~/`, on Windows also with `~\`; undefined for any other. */
export function belowHome(path: string, context: Pick<Context, 'platform'>): string | undefined {
  return rulesOf(context).homeMark.test(path) ? path.slice(2) : undefined
}

/**
 * Puts the home folder in the place of `~/` at the beginning of a path, or behind `KEY=`: shells leave it there behind
 * an equals sign and in quotes. A text without it stays, and all do where there is no home.
 */
export function withHome(text: string, context: Pick<Context, 'env' | 'home' | 'platform'>): string {
  const [, key = '', typed = ''] = /^(\w+=)?(.*)$/s.exec(text) ?? []
  const path = belowHome(typed, context)
  const home = path === undefined ? undefined : homeOf(context)
  return path === undefined || home === undefined ? text : `${key}${join(home, path)}`
}
