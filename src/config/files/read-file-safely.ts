import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { codeOf, configError, usageError, type TriggerError } from '../../core/errors.ts'
import { shellQuote } from '../../core/shell-quote.ts'

/** Why a file cannot be used, and what the user can do about it. */
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

/** The conditions that a file must meet. */
export interface FileRules {
  /** Largest size in bytes. */
  maxSize: number
  /** Set for a file with a secret: others must not be able to read it. Windows (no uid) has no modes. */
  secretOf?: { uid: number | undefined }
  /** Set for a file that controls the program: other users must not be able to write to it. */
  trustedBy?: { uid: number | undefined }
  /** Creates the error for a missing or unsuitable file; by default a usage error. */
  refuse?: (message: string, hint: string) => TriggerError
}

/**
 * Reads a regular file. It is opened without blocking and checked through the open descriptor, so that a FIFO
 * cannot hang the program and the file cannot be swapped in between (guarantees 3.6). Throws `rules.refuse`
 * (missing, unreadable, not regular, too large) or a configuration error (others may read or write it); all
 * name `where` and the path.
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
    if (rules.trustedBy) refuseWritable(stats, rules.trustedBy.uid, path, where)
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
 * Applies libpq's rule for files with secrets: owned by this user and readable by nobody else; or owned by
 * root and readable by its group at most, so that mounted secrets of mode 0440 work. Windows has no such
 * modes.
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

/** Throws if others can write to the file: they could redirect tokens. */
function refuseWritable(stats: Stats, uid: number | undefined, path: string, where: string): void {
  if (uid === undefined) return
  refuseForeign(stats, uid, path, where)
  if ((stats.mode & 0o022) === 0) return
  throw configError(
    `${where}: ${path} can be written by others (mode ${modeOf(stats)})`,
    `Run: chmod go-w ${shellQuote(path)}`,
  )
}
