import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of a zip file, made as a test says: every field may lie. */
export interface ZipEntry {
  name: string | Buffer
  data?: string | Buffer
  /** Unix mode with type; 0o100644 by default. */
  mode?: number
  isDeflated?: boolean
  /** General purpose flags; UTF-8 names by default. */
  flags?: number
  method?: number
  crc?: number
  /** The size that it says it will have. */
  size?: number
  /** Its data are those of the entry of this number. */
  sameAs?: number
}

/** Little-endian numbers, each with its size in bytes. */
function fields(...list: [bytes: number, value: number][]): Buffer {
  return Buffer.concat(
    list.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes)
      field.writeUIntLE(value, 0, bytes)
      return field
    }),
  )
}

/** A zip file, byte by byte (PKWARE APPNOTE 4.3). */
export function zipOf(...entries: ZipEntry[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  const offsets: number[] = []
  let offset = 0
  for (const entry of entries) {
    const { mode = 0o100644, flags = 0x0800, isDeflated = false, sameAs } = entry
    const name = Buffer.from(entry.name as string)
    const data = Buffer.from((entry.data ?? '') as string)
    const packed = isDeflated ? deflateRawSync(data) : data
    const common = Buffer.concat([
      fields([2, 20], [2, flags], [2, entry.method ?? (isDeflated ? 8 : 0)], [2, 0], [2, 0x5021]),
      fields([4, entry.crc ?? crc32(data)], [4, packed.length], [4, entry.size ?? data.length]),
      fields([2, name.length], [2, 0]),
    ])
    const at = sameAs === undefined ? offset : offsets[sameAs]!
    offsets.push(at)
    directory.push(
      Buffer.concat([fields([4, 0x02014b50], [2, (3 << 8) | 20]), common]),
      Buffer.concat([fields([2, 0], [2, 0], [2, 0], [4, mode * 0x10000], [4, at]), name]),
    )
    if (sameAs !== undefined) continue
    const body = Buffer.concat([fields([4, 0x04034b50]), common, name, packed])
    bodies.push(body)
    offset += body.length
  }
  const index = Buffer.concat(directory)
  const counts = fields([2, 0], [2, 0], [2, entries.length], [2, entries.length])
  const end = Buffer.concat([fields([4, 0x06054b50]), counts, fields([4, index.length], [4, offset], [2, 0])])
  return Buffer.concat([...bodies, index, end])
}
