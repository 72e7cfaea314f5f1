const lineFeed = 0x0a
const lineEnd = Buffer.from('\n')
const empty = Buffer.alloc(0)

/** Longest line in bytes; longer lines are split. */
const maxLineBytes = 65_536

/** Buffers bytes until their line is complete. */
export class WholeLines {
  #partial: Buffer = empty

  /** Returns the lines that are complete now; valid as long as `bytes`. */
  add(bytes: Buffer): Buffer {
    const end = bytes.lastIndexOf(lineFeed) + 1
    const lines = end === 0 ? empty : Buffer.concat([this.#partial, bytes.subarray(0, end)])
    this.#partial = Buffer.concat(end === 0 ? [this.#partial, bytes] : [bytes.subarray(end)])
    if (this.#partial.length < maxLineBytes) return lines
    return Buffer.concat([lines, this.end()])
  }

  /** Returns the rest as a line. */
  end(): Buffer {
    const line = this.#partial.length === 0 ? empty : Buffer.concat([this.#partial, lineEnd])
    this.#partial = empty
    return line
  }
}

/** Keeps the last bytes of a log. Copies them, since a piece may be part of a large network buffer. */
export class LastBytes {
  readonly #size: number
  #bytes: Buffer = empty
  #length = 0
  /** Earlier bytes were dropped. */
  isCut = false

  /** Keeps at least the last `size` bytes. */
  constructor(size: number) {
    this.#size = size
  }

  add(bytes: Buffer): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length)
    bytes.copy(this.#bytes, this.#length)
    this.#length += bytes.length
    this.isCut ||= this.#length > this.#size
  }

  bytes(): Buffer {
    return this.#bytes.subarray(Math.max(0, this.#length - this.#size), this.#length)
  }

  /** Twice the size, so that bytes are seldom moved. */
  #makeRoom(more: number): void {
    const kept = this.bytes()
    const room = Buffer.allocUnsafe(2 * kept.length + more)
    this.#length = kept.copy(room)
    this.#bytes = room
  }
}

/** The bytes after the first line end, since the first line may be incomplete. */
export function withoutFirstLine(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf(lineFeed) + 1)
}

/** The last `count` lines of a text; the last one may lack its line end. */
export function lastLines(text: Buffer, count: number): Buffer {
  let at = text.length
  if (text[at - 1] === lineFeed) at -= 1
  for (let lines = 0; lines < count; lines += 1) {
    if (at === 0) return text
    at = text.subarray(0, at).lastIndexOf(lineFeed)
    if (at < 0) return text
  }
  return text.subarray(at + 1)
}
