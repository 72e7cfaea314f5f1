import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, lstat, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, configError, usageError, type TriggerError } from '../core/errors.ts'
import { inFileTime, inWriteTime, writesIn, type FileWorld } from '../core/limits/file-time.ts'
import type { RedactedText } from '../core/secret.ts'
import { storeText, storeTextAt } from '../core/store.ts'
import { describeIoError, unwritableFileFix } from '../core/text/unwritable-fix.ts'

/** A file that will be written: checked before anything is sent, written once there is something to write. */
export interface TargetFile {
  path: string
  /** Replaces the file as a whole: a reader sees the old content or the new. Rejects with Node's error. */
  write(text: RedactedText | AsyncIterable<RedactedText>): Promise<void>
  /** Opens a draft next to it. Rejects with Node's error. */
  draft(): Promise<Draft>
  /** Deletes it: what an earlier run left there is not true of this one. */
  remove(): Promise<void>
}

/** Text that is on the disk, not in memory, until it is known what stands before it. All calls reject with Node's error. */
export interface Draft {
  /** Adds text at the end. */
  add(text: RedactedText): Promise<void>
  /** Resolves to where the end is, in bytes. */
  end(): Promise<number>
  /** The text between two places. */
  read(from: number, to: number): AsyncIterable<RedactedText>
  /** Deletes it. */
  discard(): Promise<void>
}

/** A path in a folder that no other user uses: for what is renamed to its real name once it is whole. */
export function siblingPath(folder: string): string {
  return join(folder, `.gitlab-trigger-${randomBytes(6).toString('hex')}`)
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes a new file next to the target and puts it in its place, so that a link there is replaced, never
 * followed.
 */
async function writeWhole(
  path: string,
  pieces: Iterable<RedactedText> | AsyncIterable<RedactedText>,
  world: FileWorld,
): Promise<void> {
  const inTime = writesIn(world)
  const before = await inTime(() => statsOf(path))
  const temporary = siblingPath(dirname(path))
  const handle = await inTime(() => open(temporary, 'wx', 0o666))
  try {
    try {
      if (before?.isFile()) await inTime(() => handle.chmod(before.mode & 0o777))
      for await (const piece of pieces) await inTime(() => storeText(handle, piece))
    } finally {
      await inTime(() => handle.close())
    }
    await inTime(() => rename(temporary, path))
  } catch (error) {
    await inTime(() => rm(temporary, { force: true })).catch(() => undefined)
    throw error
  }
}

/** So much of a draft is in memory before it is written, in characters. */
const draftPiece = 256 * 1024

async function openDraft(folder: string, world: FileWorld): Promise<Draft> {
  const path = siblingPath(folder)
  const handle: FileHandle = await inWriteTime(() => open(path, 'wx+', 0o600), world)
  let written = 0
  let pending = ''
  const flush = async (): Promise<number> => {
    const text = pending as RedactedText
    pending = ''
    if (text !== '') written = await inWriteTime(() => storeTextAt(handle, text, written), world)
    return written
  }
  return {
    async add(text) {
      pending += text
      if (pending.length >= draftPiece) await flush()
    },
    end: flush,
    async *read(from, to) {
      if (to <= from) return
      // A character that lies in two pieces comes whole with the second.
      const pieces = handle.createReadStream({ start: from, end: to - 1, encoding: 'utf8', autoClose: false })
      for await (const piece of pieces) yield piece as RedactedText
    },
    async discard() {
      await inWriteTime(() => handle.close(), world)
      await inWriteTime(() => rm(path, { force: true }), world)
    },
  }
}

/**
 * Checks that a file can be written, without changing it. Throws a usage error that names `flag`, also where its file system
 * does not answer in time.
 */
export async function openTarget(flag: string, path: string, world: FileWorld): Promise<TargetFile> {
  const refuse = (why: string, hint = 'Give the name of a file.'): TriggerError =>
    usageError(`${flag}: cannot write ${path}: ${why}`, hint)
  if (path.endsWith('/')) throw refuse('it is a directory')
  const check = async (): Promise<void> => {
    const stats = await statsOf(path)
    if (stats?.isSymbolicLink()) throw refuse('it is a symbolic link', 'Give the file itself.')
    if (stats?.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' })
    if (stats && !stats.isFile()) throw refuse('it is not a regular file')
    if (stats) await access(path, constants.W_OK)
    const temporary = siblingPath(dirname(path))
    await (await open(temporary, 'wx', 0o600)).close()
    await rm(temporary)
  }
  try {
    await inFileTime(check, world)
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw refuse(describeIoError(error), unwritableFileFix(path, error))
  }
  return {
    path,
    write: (text) => writeWhole(path, typeof text === 'string' ? [text] : text, world),
    draft: () => openDraft(dirname(path), world),
    remove: () => inWriteTime(() => rm(path, { force: true }), world),
  }
}

/** A file that other programs write to as well, to which lines are added. */
export interface SharedFile {
  /** Rejects with Node's error. */
  append(text: RedactedText): Promise<void>
}

async function append(path: string, text?: RedactedText): Promise<void> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants
  const handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666)
  try {
    if (text !== undefined) await storeText(handle, text)
  } finally {
    await handle.close()
  }
}

/**
 * Checks that lines can be added to a file that an environment variable names. Throws a configuration error
 * that names the variable, also where its file system does not answer in time.
 */
export async function openShared(variable: string, path: string, world: FileWorld): Promise<SharedFile> {
  try {
    await inFileTime(() => append(path), world)
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw configError(
      `${variable}: cannot write ${path}: ${describeIoError(error)}`,
      unwritableFileFix(path, error, `unset ${variable}.`),
    )
  }
  // The last line may lack its end.
  return { append: (text) => inWriteTime(() => append(path, `\n${text}` as RedactedText), world) }
}
