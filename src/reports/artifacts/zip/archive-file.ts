import { open, type FileHandle } from 'node:fs/promises'
import { writesIn, type FileWorld } from '../../../core/limits/file-time.ts'
import { ArchiveError } from '../extraction-folder.ts'

/** How many bytes are read at once. */
const pieceBytes = 64 * 1024

/** An archive on the disk. Reads throw an ArchiveError for places outside of it, and Node's errors. */
export interface ArchiveFile {
  size: number
  /** The bytes at a place. */
  bytes(position: number, length: number): Promise<Buffer>
  /** The same in pieces, however many they are. */
  pieces(position: number, length: number): AsyncIterable<Buffer>
  close(): Promise<void>
}

/** The error for what is no zip file, or only a part of one. */
export const notWhole = (why: string): ArchiveError => new ArchiveError(`it is not a whole zip file (${why})`)

type InTime = ReturnType<typeof writesIn>

async function readFully(
  handle: FileHandle,
  position: number,
  length: number,
  inTime: InTime,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await inTime(() => handle.read(bytes, done, length - done, position + done))
    if (bytesRead === 0) throw notWhole('it has become shorter')
    done += bytesRead
  }
  return bytes
}

/** Opens an archive. Rejects with Node's errors. */
export async function openArchiveFile(path: string, world?: FileWorld): Promise<ArchiveFile> {
  const inTime = writesIn(world)
  const handle = await inTime(() => open(path))
  const { size } = await inTime(() => handle.stat())
  const check = (position: number, length: number): void => {
    // Numbers of an archive may be as large as 64 bits are: then they are no whole numbers here.
    if (!(position >= 0 && position + length <= size)) throw notWhole('it points outside of itself')
  }
  return {
    size,
    async bytes(position, length) {
      check(position, length)
      return await readFully(handle, position, length, inTime)
    },
    async *pieces(position, length) {
      check(position, length)
      for (let from = position; from < position + length; from += pieceBytes)
        yield await readFully(handle, from, Math.min(pieceBytes, position + length - from), inTime)
    },
    close: () => inTime(() => handle.close()),
  }
}

/** Reads one thing behind the other: what follows is kept for the next read, since each is small. */
export function readAhead(file: ArchiveFile): (position: number, length: number) => Promise<Buffer> {
  let window: { from: number; bytes: Buffer } = { from: 0, bytes: Buffer.alloc(0) }
  return async (position, length) => {
    if (position < window.from || position + length > window.from + window.bytes.length) {
      const wanted = Math.max(length, Math.min(pieceBytes, file.size - position))
      window = { from: position, bytes: await file.bytes(position, wanted) }
    }
    return window.bytes.subarray(position - window.from, position - window.from + length)
  }
}
