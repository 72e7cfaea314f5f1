const lineFeed = 0x0a
const lineEnd = Buffer.from('\n')
const empty = Buffer.alloc(0)

/** So long a line may be, in bytes; longer ones are cut into several. */
const longestLine = 65_536

/** Hands on whole lines only, as the bytes come. */
export class WholeLines {
  #begun: Buffer = empty

  /** The whole lines that there are now; good as long as `bytes` are. */
  add(bytes: Buffer): Buffer {
    const end = bytes.lastIndexOf(lineFeed) + 1
    const lines = end === 0 ? empty : Buffer.concat([this.#begun, bytes.subarray(0, end)])
    this.#begun = Buffer.concat(end === 0 ? [this.#begun, bytes] : [bytes.subarray(end)])
    if (this.#begun.length < longestLine) return lines
    return Buffer.concat([lines, this.end()])
  }

  /** What is left, as a line. */
  end(): Buffer {
    const line = this.#begun.length === 0 ? empty : Buffer.concat([this.#begun, lineEnd])
    this.#begun = empty
    return line
  }
}

/** Keeps the last bytes of a log that is too long to hold. Copies them, since a small piece may keep a large network buffer in memory. */
export class LastBytes {
  readonly #most: number
  #bytes: Buffer = empty
  #length = 0
  /** Some that came before were dropped. */
  isCut = false

  /** So many are kept where there are so many. */
  constructor(most: number) {
    this.#most = most
  }

  add(bytes: Buffer): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length)
    bytes.copy(this.#bytes, this.#length)
    this.#length += bytes.length
    this.isCut ||= this.#length > this.#most
  }

  bytes(): Buffer {
    return this.#bytes.subarray(Math.max(0, this.#length - this.#most), this.#length)
  }

  /** Twice what is kept, so that moving it is rare. */
  #makeRoom(more: number): void {
    const kept = this.bytes()
    const room = Buffer.allocUnsafe(2 * kept.length + more)
    this.#length = kept.copy(room)
    this.#bytes = room
  }
}

/** Bytes without the line that they begin in the middle of. */
export function withoutFirstLine(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf(lineFeed) + 1)
}

/** The last lines of a text, `count` at most; the last one needs no end. */
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
