import { constants, type Stats } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, usageError, type TriggerError } from '../../core/errors.ts'
import { refuseOutput } from '../../core/output-files.ts'
import { checkAccess } from './check-access.ts'
import { byThreads, fileCalls, type FileCalls } from './file-calls.ts'
import type { FileWorld } from '../../core/limits/file-time.ts'
import type { FileUser } from './provided-file.ts'

/** Why a file cannot be used, and what the user can do about it. */
type Reason = readonly [why: string, hint: string]

const forbidden: Reason = ['no permission to read it', 'Let this user read it.']
const directory: Reason = ['it is a directory', 'Name a file.']
const irregular: Reason = ['it is not a regular file', 'Name a regular file.']

const reasons: Readonly<Record<string, Reason>> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EISDIR: directory,
  ETIMEDOUT: ['its file system does not answer', 'Is it that of a network? Name a file of this machine.'],
  ELOOP: ['too many links', 'Name the file itself.'],
  ENXIO: irregular,
}

function reasonOf(code: string): Reason {
  return reasons[code] ?? [`it cannot be opened (${code})`, 'Name another.']
}

/** The conditions that a file must meet. */
export interface FileRules {
  /** Largest size in bytes. */
  maxSize: number
  /** Set for a file that a user has named: it may be a pipe, as a shell makes one for `<(command)`. */
  mayBePipe?: boolean
  /** Set for what a user has named elsewhere: it is read by threads, and the signals and time limits of this world hold; else those of `secretOf` or `trustedBy`. */
  aside?: FileWorld
  /** Set for a file with a secret: others must not be able to read it. Windows (no uid) has no modes. */
  secretOf?: FileUser
  /** Set for a file that controls the program: other users must not be able to write to it. */
  trustedBy?: FileUser
  /** In which the file is one of the usual places; else the world of `secretOf` or `trustedBy`, and without these the file is read aside. */
  world?: Pick<Context, 'canFilesHang' | 'outputs'>
  /** Creates the error for a missing or unsuitable file; by default a usage error. */
  refuse?: (message: string, hint: string) => TriggerError
}

/**
 * Reads a regular file, or a pipe where the rules allow one. It is opened without blocking and checked through the open
 * descriptor, so that a FIFO cannot hang the program and the file cannot be swapped in between (docs/guarantees.md#3.6). Throws
 * `rules.refuse` (missing, unreadable, not regular, too large; its cause is Node's error) or a configuration error (others may read or
 * write it); all name `where` and the path.
 */
export async function readFileSafely(path: string, where: string, rules: FileRules): Promise<Buffer> {
  return withSafeFile(path, where, rules, async (fd, stats, { read }) => {
    if (!stats.isFIFO()) return read(fd)
    const { readPipe, PipeError } = await import('./read-pipe.ts')
    const signal = (rules.aside ?? rules.secretOf ?? rules.trustedBy)?.interrupted
    return readPipe(path, rules.maxSize, stats, signal).catch((error: unknown) => {
      if (!(error instanceof PipeError)) throw error
      throw refusal(path, where, rules, [error.message, 'Does the program that writes it work?'])
    })
  })
}

/** Throws as `readFileSafely`, without reading. */
export async function checkFileSafely(path: string, where: string, rules: FileRules): Promise<void> {
  return withSafeFile(path, where, rules, () => Promise.resolve())
}

const refusal = (path: string, where: string, { refuse }: FileRules, [why, hint]: Reason): TriggerError =>
  (refuse ?? usageError)(`${where}: cannot use ${path}: ${why}`, hint)

/** The error for a file that is missing: of a relative path it says in which folder that is. */
function notThere(path: string, where: string, { refuse }: FileRules): TriggerError {
  const place = isAbsolute(path) ? '' : ` (looked in ${dirname(resolve(path))})`
  return (refuse ?? usageError)(
    `${where}: ${path} does not exist${place}`,
    'Create it, or name another file.',
  )
}

async function withSafeFile<T>(
  path: string,
  where: string,
  rules: FileRules,
  work: (fd: number, stats: Stats, calls: FileCalls) => Promise<T>,
): Promise<T> {
  const refuse = (...reason: Reason): TriggerError => refusal(path, where, rules, reason)
  const calls = rules.aside
    ? byThreads(rules.aside)
    : fileCalls(rules.world ?? rules.secretOf ?? rules.trustedBy)
  let fd: number
  try {
    fd = await calls.open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = codeOf(error)
    // A signal, or the end of the time for it.
    if (code === '') throw error
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
    throw (isMissing ? notThere(path, where, rules) : refuse(...reasonOf(code))).with({ cause: error })
  }
  try {
    const stats = await calls.fstat(fd)
    const world = rules.aside ?? rules.secretOf ?? rules.trustedBy ?? rules.world
    refuseOutput(stats, path, where, world?.outputs)
    if (stats.isDirectory()) throw refuse(...directory)
    if (stats.isFIFO() && !rules.mayBePipe) throw refuse('it is a pipe', 'Name a regular file.')
    if (!stats.isFile() && !stats.isFIFO()) throw refuse(...irregular)
    if (stats.size > rules.maxSize)
      throw refuse(`it is larger than ${rules.maxSize} bytes`, 'Is it the right file?')
    // That nothing comes out of a pipe says more than its mode.
    const early = stats.isFIFO() ? await work(fd, stats, calls) : undefined
    if (rules.secretOf) await checkAccess('secret', { fd, stats, path, where }, rules.secretOf)
    if (rules.trustedBy) await checkAccess('config', { fd, stats, path, where }, rules.trustedBy)
    return early ?? (await work(fd, stats, calls))
  } finally {
    await calls.close(fd)
  }
}
