import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { codeOf, configError, usageError, type TriggerError } from '../../core/errors.ts'
import { shellQuote } from '../../core/shell-quote.ts'

/** Why a file cannot be used, and what to do. */
type Reason = readonly [why: string, hint: string]

const missing: Reason = ['no such file', 'Make it, or name another.']
const relative: Reason = [
  'no such file',
  'A relative path is meant from the working directory: give the whole path.',
]
const forbidden: Reason = ['no permission to read it', 'Let this user read it.']
const directory: Reason = ['it is a directory', 'Name a file.']
const irregular: Reason = ['it is not a regular file', 'Name a regular file.']

const reasons: Readonly<Record<string, Reason>> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EISDIR: directory,
  ELOOP: ['too many links', 'Name the file itself.'],
  ENXIO: irregular,
}

function reasonOf(code: string, path: string): Reason {
  if (code === 'ENOENT' || code === 'ENOTDIR') return isAbsolute(path) ? missing : relative
  return reasons[code] ?? [`it cannot be opened (${code})`, 'Name another.']
}

/** How a file must be before its content is used. */
export interface FileRules {
  /** Bytes. */
  maxSize: number
  /** The file holds a secret of this user: refuse it if others may read it. No uid (Windows): no modes to check. */
  secretOf?: { uid: number | undefined }
  /** The file rules what this user does: refuse it if others may write to it. */
  ruledBy?: { uid: number | undefined }
  /** How to refuse a file that cannot be used at all; a usage error unless said. */
  refuse?: (message: string, hint: string) => TriggerError
}

/**
 * The bytes of a regular file. Opened without blocking and judged through the open descriptor, so that a FIFO cannot hang us and
 * nothing can be swapped in between (guarantees 3.6). Throws as `rules.refuse` says (missing, unreadable, not regular, too large) or a
 * configuration error (others may read or write it); all name `where` and the path.
 */
export async function readFileSafely(path: string, where: string, rules: FileRules): Promise<Buffer> {
  const refuse = (...[why, hint]: Reason): TriggerError =>
    (rules.refuse ?? usageError)(`${where}: cannot use ${path}: ${why}`, hint)
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw refuse(...reasonOf(codeOf(error), path))
  }
  try {
    const stats = await handle.stat()
    if (stats.isDirectory()) throw refuse(...directory)
    if (stats.isFIFO()) throw refuse('it is a pipe', 'Use - for standard input.')
    if (!stats.isFile()) throw refuse(...irregular)
    if (stats.size > rules.maxSize)
      throw refuse(`it is larger than ${rules.maxSize} bytes`, 'Is it the right file?')
    if (rules.secretOf) refuseReadable(stats, rules.secretOf.uid, path, where)
    if (rules.ruledBy) refuseWritable(stats, rules.ruledBy.uid, path, where)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

const modeOf = (stats: Stats): string => (stats.mode & 0o777).toString(8).padStart(4, '0')

function refuseForeign(stats: Stats, uid: number, path: string, where: string): void {
  if (stats.uid === uid || stats.uid === 0) return
  throw configError(`${where}: ${path} belongs to another user (uid ${stats.uid})`, 'Use a file of your own.')
}

/**
 * libpq's rule for files with secrets: mine, and nobody else may read it; or root's, and at most its group may read it, so
 * that mounted secrets of mode 0440 work. Windows has no such modes.
 */
function refuseReadable(stats: Stats, uid: number | undefined, path: string, where: string): void {
  if (uid === undefined) return
  refuseForeign(stats, uid, path, where)
  const forbidden = stats.uid === 0 ? 0o037 : 0o077
  if ((stats.mode & forbidden) === 0) return
  throw configError(
    `${where}: ${path} holds a token but others can use it (mode ${modeOf(stats)})`,
    `Run: chmod 600 ${shellQuote(path)}`,
  )
}

/** Whoever can write a config file can send the tokens elsewhere. */
function refuseWritable(stats: Stats, uid: number | undefined, path: string, where: string): void {
  if (uid === undefined) return
  refuseForeign(stats, uid, path, where)
  if ((stats.mode & 0o022) === 0) return
  throw configError(
    `${where}: ${path} can be written by others (mode ${modeOf(stats)})`,
    `Run: chmod go-w ${shellQuote(path)}`,
  )
}
