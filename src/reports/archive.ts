import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader, type Entry } from 'yauzl'

/** One entry of a zip file, as the file describes it: nothing has been checked. */
export interface ArchiveEntry {
  name: string
  /** Unix mode with the type; 0 in archives that were made on other systems. */
  mode: number
  /** The size of its content, in bytes; reading it never yields more. */
  size: number
  checksum: number
  /** Whether it is not encrypted, and compressed in a way that yauzl knows. */
  isReadable: boolean
  /** Opens its content, which has to be read before the next entry is asked for. */
  open(): Promise<AsyncIterable<Buffer>>
}

/**
 * A file for yauzl, whose own reader ends the process if an archive points beyond what Node takes for a
 * position (yauzl 3.4.0).
 */
class FileReader extends RandomAccessReader {
  private readonly file: FileHandle
  private readonly path: string
  private readonly size: number

  constructor(file: FileHandle, path: string, size: number) {
    super()
    this.file = file
    this.path = path
    this.size = size
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytes?: number) => void,
  ): void {
    if (!(position >= 0 && position + length <= this.size)) {
      callback(new Error('it points outside of itself'))
      return
    }
    this.file.read(buffer, offset, length, position).then(({ bytesRead }) => {
      callback(null, bytesRead)
    }, callback)
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return createReadStream(this.path, { start, end: end - 1 })
  }

  override close(callback: (error: Error | null) => void): void {
    this.file.close().then(() => {
      callback(null)
    }, callback)
  }
}

function entryOf(entry: Entry, open: () => Promise<Readable>): ArchiveEntry {
  // With decodeStrings off it is a Buffer, contrary to the types.
  const raw = entry.fileName as unknown as Buffer
  return {
    name: getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true),
    mode: entry.externalFileAttributes >>> 16,
    size: entry.uncompressedSize,
    checksum: entry.crc32,
    isReadable: entry.canDecodeFileData(),
    async open() {
      const stream = await open()
      // yauzl emits zlib's errors whether or not anybody listens yet: unheard, they would end the process. A
      // destroyed stream keeps its error.
      return stream.on('error', (error) => stream.destroy(error))
    },
  }
}

/**
 * Yields the entries of a zip file one after the other, in constant memory. Throws Node's errors, and others
 * for what is not a whole zip file.
 */
export async function* entriesOf(path: string): AsyncGenerator<ArchiveEntry> {
  const file = await open(path)
  const { size } = await file.stat()
  const zip = await fromRandomAccessReaderPromise(new FileReader(file, path, size), size, {
    lazyEntries: true,
    decodeStrings: false,
    strictFileNames: true,
  }).catch(async (error: unknown) => {
    await file.close()
    throw error
  })
  for await (const entry of zip.eachEntry()) yield entryOf(entry, () => zip.openReadStreamPromise(entry))
}
