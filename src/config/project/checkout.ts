import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import type { FileWorld } from '../../core/limits/file-time.ts'
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

async function textOf(path: string, world: FileWorld): Promise<string | undefined> {
  try {
    return (await readFileSafely(path, 'git', { maxSize, world })).toString()
  } catch (error) {
    if (error instanceof TriggerError) return undefined
    throw error
  }
}

/** Reads the checkout that contains the working directory. Undefined outside one. */
export async function readCheckout(context: Pick<Context, 'cwd'> & FileWorld): Promise<Checkout | undefined> {
  const root = (await checkoutFolders(context)).at(-1)
  if (root === undefined) return undefined
  const config = await textOf(join(root, '.git', 'config'), context)
  const head = await textOf(join(root, '.git', 'HEAD'), context)
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

/** A git remote's URL (`https://`, `ssh://`, `git@host:path`). */
function remoteUrl(remote: string): URL | undefined {
  const plain = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)\/?(.+)$/.exec(remote)
  const url = plain ? `ssh://${plain[1] ?? ''}/${plain[2] ?? ''}` : remote
  return URL.canParse(url) ? new URL(url) : undefined
}

const isSsh = ({ protocol }: URL): boolean => protocol === 'ssh:' || protocol === 'git+ssh:'

/** The path of a project, of what stands behind the server in a remote's URL. */
function projectIn(rest: string): string | undefined {
  const path = decoded(rest)
    .replace(/\.git$/, '')
    .replace(/\/$/, '')
  return path.includes('/') ? path : undefined
}

/**
 * The project path in a git remote's URL (`https://`, `ssh://`, `git@host:path`). Undefined if the remote is
 * on another server than `base`.
 */
export function projectAt(remote: string, base: string): string | undefined {
  const server = new URL(base)
  const url = remoteUrl(remote)
  if (!url) return undefined
  if (isSsh(url) ? url.hostname !== server.hostname : url.origin !== server.origin) return undefined
  const prefix = isSsh(url) ? '/' : `${server.pathname.replace(/\/$/, '')}/`
  return url.pathname.startsWith(prefix) ? projectIn(url.pathname.slice(prefix.length)) : undefined
}

/** Well-known hosts that do not run GitLab. */
const otherHosts = /(^|\.)(github\.com|bitbucket\.org|codeberg\.org|dev\.azure\.com)$/

/**
 * The server and project that a git remote's URL suggests where no server is known: GitLab at the root of that host. Undefined if that host
 * cannot be one.
 */
export function serverOfRemote(remote: string): { base: string; path: string } | undefined {
  const url = remoteUrl(remote)
  if (!url || otherHosts.test(url.hostname)) return undefined
  // Behind ssh a name without a dot is most likely an alias of ~/.ssh/config.
  if (isSsh(url) ? !url.hostname.includes('.') : !/^https?:$/.test(url.protocol)) return undefined
  const path = projectIn(url.pathname.slice(1))
  return path === undefined ? undefined : { base: isSsh(url) ? `https://${url.hostname}` : url.origin, path }
}
