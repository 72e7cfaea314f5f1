import { lstat, mkdir, open, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { codeOf } from '../core/errors.ts'
import { storeExactly } from '../core/store.ts'

/** Thrown for an archive that is broken, hostile or too large; the message says which. */
export class ArchiveError extends Error {
  override name = 'ArchiveError'
}

/** How much may come out of one archive: files and folders, and bytes of all files. */
export interface UnpackLimits {
  entries: number
  bytes: number
}

const gibi = 1024 ** 3

/**
 * The limits for an archive of so many bytes: a gibibyte, or a hundred times its own size where that is more
 * (logs shrink to a twentieth, what shrinks to a thousandth is a bomb), and 64 GiB at most.
 */
export function limitsFor(archiveBytes: number): UnpackLimits {
  return { entries: 200_000, bytes: Math.min(64 * gibi, Math.max(gibi, 100 * archiveBytes)) }
}

/**
 * Creates files below one folder, in which nobody else creates any. Paths come in parts that were checked
 * before.
 */
export interface ExtractionFolder {
  /** Counts a file with the bytes that it says it has. Throws an ArchiveError where that is too much. */
  count(bytes: number): void
  folder(parts: readonly string[]): Promise<void>
  /** Writes a new file; throws an ArchiveError where its content is not what `checksum` says. */
  file(
    parts: readonly string[],
    content: AsyncIterable<Buffer>,
    checksum: number,
    isExecutable: boolean,
    signal: AbortSignal,
  ): Promise<void>
  link(parts: readonly string[], target: string): Promise<void>
}

/**
 * Codes for a path that another entry has taken, which an archive of a job never needs, or for names that
 * this file system takes for one.
 */
const takenCodes = new Set(['EEXIST', 'ENOTDIR', 'EISDIR'])

async function orTaken<T>(work: Promise<T>, parts: readonly string[]): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!takenCodes.has(codeOf(error))) throw error
    throw new ArchiveError(`two of its entries want to be ${JSON.stringify(parts.join('/'))}`)
  }
}

/** Opens a folder to unpack an archive into; throws an ArchiveError as soon as the limits are exceeded. */
export function extractionFolder(top: string, limits: UnpackLimits): ExtractionFolder {
  const made = { entries: 0, bytes: 0 }
  let lastFolder = ''
  const count = (bytes: number): void => {
    made.entries += 1
    made.bytes += bytes
    if (made.entries > limits.entries)
      throw new ArchiveError(`it holds more than ${limits.entries} files and folders`)
    if (made.bytes > limits.bytes)
      throw new ArchiveError(`it would become more than ${limits.bytes} bytes, as only a zip bomb does`)
  }
  const makeOne = async (path: string): Promise<void> => {
    try {
      await mkdir(path)
    } catch (error) {
      // A link to a folder is no folder: what is written below it would be written elsewhere.
      if (codeOf(error) !== 'EEXIST' || !(await lstat(path)).isDirectory()) throw error
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
      await orTaken(makeOne(path), parts)
    }
    lastFolder = whole
  }
  return {
    count,
    folder,
    async file(parts, content, checksum, isExecutable, signal) {
      await folder(parts.slice(0, -1))
      // Never over a link; the umask takes from the mode, and nothing adds to it.
      const handle = await orTaken(open(join(top, ...parts), 'wx', isExecutable ? 0o777 : 0o666), parts)
      let crc = 0
      try {
        for await (const chunk of content) {
          signal.throwIfAborted()
          crc = crc32(chunk, crc)
          await storeExactly(handle, chunk)
        }
      } finally {
        await handle.close()
      }
      if (crc !== checksum) throw new ArchiveError(`its entry ${JSON.stringify(parts.join('/'))} is damaged`)
    },
    async link(parts, target) {
      await folder(parts.slice(0, -1))
      await orTaken(symlink(target, join(top, ...parts)), parts)
    },
  }
}
