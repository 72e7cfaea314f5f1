import { pipeline, Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { codeOf } from '../../core/errors.ts'
import type { FileWorld } from '../../core/limits/file-time.ts'
import { EntryError } from './extraction-folder.ts'
import { notWhole, openArchiveFile, readAhead, type ArchiveFile } from './zip/archive-file.ts'
import { findDirectory } from './zip/central-directory.ts'
import { decodeName, extraFields, modifiedAt, type ExtraField } from './zip/entry-text.ts'

/** One entry of a zip file, as the file describes it: nothing has been checked. */
export interface ArchiveEntry {
  name: string
  /** Its name is not UTF-8, and was read as code page 437. */
  isCp437: boolean
  /** Unix mode with the type; 0 in archives that were made on other systems. */
  mode: number
  /** The size of its content, in bytes; reading it never yields more. */
  size: number
  checksum: number
  /** When its file was changed last, in ms since 1970; null where that is not told. */
  modifiedAt: number | null
  /** Why its content cannot be read; '' where it can. */
  problem: string
  /** Its content. Throws an EntryError where that is not what the entry says. */
  content(): AsyncIterable<Buffer>
}

/** The sizes of an entry, and where its header is; the fields of zip64 hold what does not fit into 32 bits (APPNOTE 4.5.3). */
interface Extent {
  size: number
  packedSize: number
  offset: number
}

const [entrySize, localSize] = [46, 30]
const [stored, deflated] = [0, 8]
const zip64 = 0x0001
const wide = 0xffffffff

function extentOf(header: Buffer, fields: readonly ExtraField[]): Extent {
  const data = fields.find(({ id }) => id === zip64)?.data ?? Buffer.alloc(0)
  let at = 0
  const number = (position: number): number => {
    const short = header.readUInt32LE(position)
    if (short !== wide || at + 8 > data.length) return short
    at += 8
    return Number(data.readBigUInt64LE(at - 8))
  }
  const size = number(24)
  const packedSize = number(20)
  return { size, packedSize, offset: number(42) }
}

/** Encryption, strong encryption, and headers that are masked by it. */
const encryptionFlags = 0x0001 | 0x0040 | 0x2000

function problemOf(flags: number, method: number): string {
  if ((flags & encryptionFlags) !== 0) return 'it is encrypted'
  if (method === stored || method === deflated) return ''
  return `its compression method is not supported (${method})`
}

async function* inflated(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw()
  // What goes wrong comes out of the end that is read.
  pipeline(Readable.from(packed), inflate, () => undefined)
  for await (const piece of inflate) yield piece as Buffer
}

async function* contentOf(
  file: ArchiveFile,
  { size, packedSize, offset }: Extent,
  method: number,
): AsyncGenerator<Buffer> {
  const isInside = offset >= 0 && offset + localSize <= file.size
  const header = isInside ? await file.bytes(offset, localSize) : undefined
  if (header?.readUInt32LE(0) !== 0x04034b50) throw new EntryError('its content is not where it should be')
  const from = offset + localSize + header.readUInt16LE(26) + header.readUInt16LE(28)
  if (!(from + packedSize <= file.size)) throw new EntryError('its content is not where it should be')
  const packed = file.pieces(from, packedSize)
  let left = size
  try {
    for await (const piece of method === deflated ? inflated(packed) : packed) {
      left -= piece.length
      if (left < 0) throw new EntryError('it is larger than it says')
      yield piece
    }
  } catch (error) {
    if (codeOf(error).startsWith('Z_')) throw new EntryError('it is damaged')
    throw error
  }
  if (left > 0) throw new EntryError('it is shorter than it says')
}

/**
 * Yields the entries of a zip file one after the other, in constant memory (PKWARE APPNOTE 4.3). Throws Node's errors,
 * and an ArchiveError for what is not a whole zip file.
 */
export async function* entriesOf(path: string, world?: FileWorld): AsyncGenerator<ArchiveEntry> {
  const file = await openArchiveFile(path, world)
  try {
    const { from, to, shift } = await findDirectory(file)
    const read = readAhead(file)
    for (let at = from; at < to;) {
      const header = await read(at, entrySize)
      if (header.readUInt32LE(0) !== 0x02014b50) throw notWhole('the list of its entries is damaged')
      const [nameSize, extraSize] = [header.readUInt16LE(28), header.readUInt16LE(30)]
      const rest = await read(at + entrySize, nameSize + extraSize)
      at += entrySize + nameSize + extraSize + header.readUInt16LE(32)
      const fields = extraFields(rest.subarray(nameSize))
      const [flags, method] = [header.readUInt16LE(8), header.readUInt16LE(10)]
      const extent = extentOf(header, fields)
      const placed = { ...extent, offset: extent.offset + shift }
      yield {
        ...decodeName(rest.subarray(0, nameSize), flags, fields),
        mode: header.readUInt16LE(40),
        size: extent.size,
        checksum: header.readUInt32LE(16),
        modifiedAt: modifiedAt(header.readUInt16LE(14), header.readUInt16LE(12), fields),
        problem: problemOf(flags, method),
        content: () => contentOf(file, placed, method),
      }
    }
  } finally {
    await file.close()
  }
}
