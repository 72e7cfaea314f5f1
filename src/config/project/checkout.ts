import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import { readFileSafely } from '../files/read-file-safely.ts'
import { checkoutFolders } from '../files/places.ts'

/**
 * The remotes and branch of the current git checkout. Its files are read as text; git is not run, because a
 * checkout can make git run programs.
 */
export interface Checkout {
  /** The URLs of its remotes. */
  remotes: string[]
  /** The current branch; undefined if HEAD is detached. */
  branch: string | undefined
}

const maxSize = 256 * 1024

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFileSafely(path, 'git', { maxSize })).toString()
  } catch (error) {
    if (error instanceof TriggerError) return undefined
    throw error
  }
}

/** Reads the checkout that contains the working directory. Undefined outside one. */
export async function readCheckout(context: Pick<Context, 'cwd'>): Promise<Checkout | undefined> {
  const root = checkoutFolders(context).at(-1)
  if (root === undefined) return undefined
  const config = await textOf(join(root, '.git', 'config'))
  const head = await textOf(join(root, '.git', 'HEAD'))
  if (config === undefined) return undefined
  const remotes = [...config.matchAll(/^\s*url\s*=\s*(\S+)\s*$/gm)].map(([, url = '']) => url)
  return { remotes, branch: /^ref: refs\/heads\/([^\s\p{C}\uFFFD]+)\n?$/u.exec(head ?? '')?.[1] }
}

function decoded(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return ''
  }
}

/**
 * The project path in a git remote's URL (`https://`, `ssh://`, `git@host:path`). Undefined if the remote is
 * on another server than `base`.
 */
export function projectAt(remote: string, base: string): string | undefined {
  const server = new URL(base)
  const plain = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)\/?(.+)$/.exec(remote)
  const url = plain ? `ssh://${plain[1] ?? ''}/${plain[2] ?? ''}` : remote
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, pathname, origin } = new URL(url)
  const isSsh = protocol === 'ssh:' || protocol === 'git+ssh:'
  if (isSsh ? hostname !== server.hostname : origin !== server.origin) return undefined
  const prefix = isSsh ? '/' : `${server.pathname.replace(/\/$/, '')}/`
  if (!pathname.startsWith(prefix)) return undefined
  const path = decoded(pathname.slice(prefix.length))
    .replace(/\.git$/, '')
    .replace(/\/$/, '')
  return path.includes('/') ? path : undefined
}
