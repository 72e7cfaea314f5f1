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
