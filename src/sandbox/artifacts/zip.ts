/** The checksum of zip files (ISO 3309), a bit at a time: the files here are small. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** Little-endian numbers, each with its size in bytes. */
function record(...fields: [size: 2 | 4, value: number][]): Buffer {
  return Buffer.concat(
    fields.map(([size, value]) => {
      const field = Buffer.alloc(size)
      field.writeUIntLE(value, 0, size)
      return field
    }),
  )
}

/** 1 January 2020, as zip files write it; names are UTF-8. */
const date = ((2020 - 1980) << 9) | (1 << 5) | 1
const utf8Names = 0x0800

/** A zip file whose entries are stored as they are (PKWARE APPNOTE 4.3). */
export function zip(entries: readonly (readonly [name: string, text: string])[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of entries) {
    const path = Buffer.from(name)
    const data = Buffer.from(text)
    const common = record(
      [2, 20],
      [2, utf8Names],
      [2, 0],
      [2, 0],
      [2, date],
      [4, crc32(data)],
      [4, data.length],
      [4, data.length],
      [2, path.length],
      [2, 0],
    )
    const local = Buffer.concat([record([4, 0x04034b50]), common, path, data])
    const rest = record([2, 0], [2, 0], [2, 0], [4, 0], [4, offset])
    directory.push(record([4, 0x02014b50], [2, 20]), common, rest, path)
    bodies.push(local)
    offset += local.length
  }
  const index = Buffer.concat(directory)
  const count = entries.length
  const end = record(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, index.length],
    [4, offset],
    [2, 0],
  )
  return Buffer.concat([...bodies, index, end])
}
