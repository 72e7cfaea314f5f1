import { lstat, lutimes, mkdir, open, rm, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { codeOf } from '../../core/errors.ts'
import { writesIn, type FileWorld } from '../../core/limits/file-time.ts'
import { storeExactly } from '../../core/store.ts'

/** Thrown for an archive that cannot be unpacked at all; the message says why. */
export class ArchiveError extends Error {
  override name = 'ArchiveError'
}

/** Thrown for one entry of an archive that cannot be unpacked; the message says why. The others can. */
export class EntryError extends Error {
  override name = 'EntryError'
}

/** Thrown for an archive from which more would come than may. */
export class TooMuch extends ArchiveError {}

/** How much may come out of one archive: files and folders, and bytes of all files. */
export interface UnpackLimits {
  entries: number
  bytes: number
}

const gibi = 1024 ** 3

/**
 * The limits for an archive of this many bytes: a gibibyte, or a hundred times its own size where that is more
 * (logs shrink to a twentieth, what shrinks to a thousandth is a bomb), and 64 GiB at most.
 */
export function limitsFor(archiveBytes: number): UnpackLimits {
  return { entries: 200_000, bytes: Math.min(64 * gibi, Math.max(gibi, 100 * archiveBytes)) }
}

/** What is restored of a file besides its content. */
export interface FileFacts {
  checksum: number
  isExecutable: boolean
  /** In ms since 1970; null where it is not known. */
  modifiedAt: number | null
}

/**
 * Creates files below one folder, in which no other user creates any. Paths come in parts that were checked
 * before. All throw an EntryError for what this entry cannot have, and Node's errors.
 */
export interface ExtractionFolder {
  /** Counts a file with the bytes that it says it has. Throws TooMuch. */
  count(bytes: number): void
  folder(parts: readonly string[]): Promise<void>
  /** Writes a new file; one whose content is not what its checksum says is removed again. */
  file(
    parts: readonly string[],
    content: AsyncIterable<Buffer>,
    facts: FileFacts,
    signal: AbortSignal,
  ): Promise<void>
  link(parts: readonly string[], target: string, modifiedAt: number | null): Promise<void>
  /** Sets the time of a folder. Whatever is created in it later changes that again. */
  setTime(parts: readonly string[], modifiedAt: number): Promise<void>
}

/** Why a path cannot be created, by Node's code: another entry has taken it, or this file system has no such names. */
const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'its place is taken by another entry',
  ENOTDIR: 'the place of its folder is taken by another entry',
  EISDIR: 'its place is taken by another entry',
  ENAMETOOLONG: 'its name is too long for this system',
  EILSEQ: 'this system cannot have such a name',
  EINVAL: 'this system cannot have such a name',
}

async function ofEntry<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const why = reasons[codeOf(error)]
    throw why === undefined ? error : new EntryError(why)
  }
}

/**
 * Sets a time, as a Date: a number before 1970 would become that of now. Not every file system keeps the times of files, or of links, and the
 * content is no worse for that.
 */
async function restoreTime(modifiedAt: number | null, set: (at: Date) => Promise<void>): Promise<void> {
  if (modifiedAt !== null) await set(new Date(modifiedAt)).catch(() => undefined)
}

/** Opens a folder to unpack an archive into; throws TooMuch as soon as the limits are exceeded. */
export function extractionFolder(top: string, limits: UnpackLimits, world?: FileWorld): ExtractionFolder {
  const inTime = writesIn(world)
  const made = { entries: 0, bytes: 0 }
  let lastFolder = ''
  const count = (bytes: number): void => {
    made.entries += 1
    made.bytes += bytes
    if (made.entries > limits.entries)
      throw new TooMuch(`it holds more than ${limits.entries} files and folders`)
    if (made.bytes > limits.bytes)
      throw new TooMuch(`it would become more than ${limits.bytes} bytes, as a zip bomb does`)
  }
  const makeOne = async (path: string): Promise<void> => {
    try {
      await inTime(() => mkdir(path))
    } catch (error) {
      // A link to a folder is no folder: what is written below it would be written elsewhere.
      if (codeOf(error) !== 'EEXIST') throw error
      if (!(await inTime(() => lstat(path))).isDirectory())
        throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
      return
    }
    count(0)
  }
  const folder = async (parts: readonly string[]): Promise<void> => {
    const whole = join(top, ...parts)
    if (whole === lastFolder) return
    let path = top
    for (const part of parts) {
      path = join(path, part)
      await ofEntry(makeOne(path))
    }
    lastFolder = whole
  }
  return {
    count,
    folder,
    async file(parts, content, { checksum, isExecutable, modifiedAt }, signal) {
      await folder(parts.slice(0, -1))
      const path = join(top, ...parts)
      // Never over a link; the umask takes from the mode, and nothing adds to it.
      const handle = await ofEntry(inTime(() => open(path, 'wx', isExecutable ? 0o777 : 0o666)))
      let isWhole = false
      try {
        let crc = 0
        for await (const chunk of content) {
          signal.throwIfAborted()
          crc = crc32(chunk, crc)
          await inTime(() => storeExactly(handle, chunk))
        }
        if (crc !== checksum) throw new EntryError('it is damaged')
        isWhole = true
        await restoreTime(modifiedAt, (at) => inTime(() => handle.utimes(at, at)))
      } finally {
        await inTime(() => handle.close())
        if (!isWhole) await inTime(() => rm(path, { force: true }))
      }
    },
    async link(parts, target, modifiedAt) {
      await folder(parts.slice(0, -1))
      const path = join(top, ...parts)
      await ofEntry(inTime(() => symlink(target, path)))
      await restoreTime(modifiedAt, (at) => inTime(() => lutimes(path, at, at)))
    },
    setTime: (parts, modifiedAt) =>
      restoreTime(modifiedAt, (at) => inTime(() => utimes(join(top, ...parts), at, at))),
  }
}
