import { notWhole, type ArchiveFile } from './archive-file.ts'

/** Where the list of an archive's entries is, in bytes. */
export interface CentralDirectory {
  from: number
  to: number
  /** What is added to the places that entries name: this many bytes stand before the archive. */
  shift: number
}

const signatures = {
  entry: Buffer.from('PK\x01\x02'),
  end: Buffer.from('PK\x05\x06'),
  end64: Buffer.from('PK\x06\x06'),
  locator64: Buffer.from('PK\x06\x07'),
} as const

const endSize = 22
const locator64Size = 20
const end64Size = 56

/** How far from its end an archive is looked for: a comment has 64 KiB at most, and something may have been added to it. */
const farthest = 1024 * 1024

/** A 64-bit number; one that is not exact points outside of any file. */
const longNumber = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at))

const startsWith = (bytes: Buffer, signature: Buffer): boolean =>
  bytes.subarray(0, signature.length).equals(signature)

/** The bytes at a place; none where that is outside of the file. */
async function bytesAt(file: ArchiveFile, position: number, length: number): Promise<Buffer> {
  const isInside = position >= 0 && position + length <= file.size
  return isInside ? file.bytes(position, length) : Buffer.alloc(0)
}

/** What an end record says: size and place of the directory, and where the record itself begins. */
interface EndRecord {
  at: number
  size: number
  offset: number
}

/** The zip64 record of an archive, before its end record at `end`; undefined without one, null where it is not to be found. */
async function readEnd64(file: ArchiveFile, end: number): Promise<EndRecord | null | undefined> {
  const locator = await bytesAt(file, end - locator64Size, locator64Size)
  if (!startsWith(locator, signatures.locator64)) return undefined
  // With something before the archive it is not where it says, but right before the locator.
  for (const at of [end - locator64Size - end64Size, longNumber(locator, 8)]) {
    const record = await bytesAt(file, at, end64Size)
    if (startsWith(record, signatures.end64))
      return { at, size: longNumber(record, 40), offset: longNumber(record, 48) }
  }
  return null
}

/** The directory that an end record at `at` belongs to; undefined where there is none: then it is no record. */
async function directoryBefore(file: ArchiveFile, at: number): Promise<CentralDirectory | undefined> {
  const record = await bytesAt(file, at, endSize)
  const plain: EndRecord = { at, size: record.readUInt32LE(12), offset: record.readUInt32LE(16) }
  const long = await readEnd64(file, at)
  if (long === null) return undefined
  const end = long ?? plain
  const isEmpty = end.size === 0 && record.readUInt16LE(10) === 0
  for (const from of [end.at - end.size, end.offset]) {
    // With a part of its beginning missing, it would begin before the file.
    const isInside = from >= end.offset && from + end.size <= end.at
    if (isInside && (isEmpty || startsWith(await bytesAt(file, from, 4), signatures.entry)))
      return { from, to: from + end.size, shift: from - end.offset }
  }
  return undefined
}

/**
 * Finds the list of entries of an archive, with whatever before its beginning and behind its end. Throws an
 * ArchiveError for what is no zip file, and Node's errors.
 */
export async function findDirectory(file: ArchiveFile): Promise<CentralDirectory> {
  const length = Math.min(file.size, farthest)
  const from = file.size - length
  const tail = Buffer.from(await file.bytes(from, length))
  for (let at = tail.lastIndexOf(signatures.end); at >= 0; at = tail.lastIndexOf(signatures.end, at - 1)) {
    const found = at + endSize <= length ? await directoryBefore(file, from + at) : undefined
    if (found) return found
    if (at === 0) break
  }
  throw notWhole('its end record is missing')
}
