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
  /** The size that its data are said to have in the archive. */
  packedSize?: number
  /** Its data are those of the entry of this number. */
  sameAs?: number
  /** Date and time in the format of DOS; 1 January 2020, 0:00 by default. */
  dos?: [date: number, time: number]
  /** Extra fields, in the list of entries. */
  extra?: Buffer
  /** Where its data begin, as the list of entries says; the truth by default. */
  offset?: number
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
    const { mode = 0o100644, flags = 0x0800, isDeflated = false, sameAs, extra = Buffer.alloc(0) } = entry
    const [date, time] = entry.dos ?? [0x5021, 0]
    const name = Buffer.from(entry.name as string)
    const data = Buffer.from((entry.data ?? '') as string)
    const packed = isDeflated ? deflateRawSync(data) : data
    const common = Buffer.concat([
      fields([2, 20], [2, flags], [2, entry.method ?? (isDeflated ? 8 : 0)], [2, time], [2, date]),
      fields(
        [4, entry.crc ?? crc32(data)],
        [4, entry.packedSize ?? packed.length],
        [4, entry.size ?? data.length],
      ),
      fields([2, name.length]),
    ])
    const at = sameAs === undefined ? offset : offsets[sameAs]!
    offsets.push(at)
    directory.push(
      Buffer.concat([fields([4, 0x02014b50], [2, (3 << 8) | 20]), common, fields([2, extra.length])]),
      fields([2, 0], [2, 0], [2, 0], [4, mode * 0x10000], [4, entry.offset ?? at]),
      Buffer.concat([name, extra]),
    )
    if (sameAs !== undefined) continue
    const body = Buffer.concat([fields([4, 0x04034b50]), common, fields([2, 0]), name, packed])
    bodies.push(body)
    offset += body.length
  }
  const index = Buffer.concat(directory)
  const counts = fields([2, 0], [2, 0], [2, entries.length], [2, entries.length])
  const end = Buffer.concat([fields([4, 0x06054b50]), counts, fields([4, index.length], [4, offset], [2, 0])])
  return Buffer.concat([...bodies, index, end])
}

/** An extra field of an entry. */
export function extraField(id: number, data: Buffer): Buffer {
  return Buffer.concat([fields([2, id], [2, data.length]), data])
}

/** The time of a file in an extra field, in seconds since 1970. */
export function timestamp(seconds: number): Buffer {
  const data = Buffer.alloc(5)
  data.writeUInt8(1)
  data.writeInt32LE(seconds, 1)
  return extraField(0x5455, data)
}

/** Info-ZIP's Unicode path: the name of an entry that has another one in its header. */
export function unicodePath(name: string, of: Buffer, crc = crc32(of)): Buffer {
  return extraField(0x7075, Buffer.concat([fields([1, 1], [4, crc]), Buffer.from(name)]))
}
