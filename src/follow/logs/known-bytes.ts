const empty = Buffer.alloc(0)

/** This many bytes of the beginning, and of what was read last, are compared. */
const comparedBytes = 256

/** What is known of a log: its first bytes, and the last ones up to `offset`. */
export class KnownBytes {
  #first: Buffer = empty
  #last: Buffer = empty
  /** Number of bytes that were passed on or skipped. */
  offset = 0

  /** The last known bytes, with which an answer from an offset before them must begin. */
  get last(): Buffer {
    return this.#last
  }

  /** The log continues with these bytes. */
  add(bytes: Buffer): void {
    if (this.#first.length < comparedBytes && this.offset === this.#first.length)
      this.#first = Buffer.concat([this.#first, bytes.subarray(0, comparedBytes - this.#first.length)])
    const last = bytes.length < comparedBytes ? Buffer.concat([this.#last, bytes]) : bytes
    this.#last = Buffer.from(last.subarray(-comparedBytes))
    this.offset += bytes.length
  }

  /** Skips to an offset of which nothing before it was read but the beginning. */
  skipTo(offset: number, beginning: Buffer): void {
    this.#first = Buffer.from(beginning.subarray(0, comparedBytes))
    this.#last = empty
    this.offset = offset
  }

  /** Whether the beginning of an answer is the beginning of this log, as far as both are known. */
  isBeginning(bytes: Buffer): boolean {
    const length = Math.min(bytes.length, this.#first.length)
    return bytes.subarray(0, length).equals(this.#first.subarray(0, length))
  }

  /** Where an answer is to begin so that its first bytes are known. */
  get lastFrom(): number {
    return this.offset - this.#last.length
  }

  /**
   * Whether an answer from there can be told from one that begins at the beginning, by its first bytes: in a
   * log that repeats itself it cannot.
   */
  get tellsOffset(): boolean {
    return this.offset > 0 && (this.lastFrom === 0 || !this.isBeginning(this.#last))
  }
}
