import { markLength, maxMarkBytes, partialMarkLength } from './section-marks.ts'
import { sequenceLength } from './byte-scan.ts'

const lineFeed = 0x0a
const escape = 0x1b
const endOfColor = 0x6d

/** For shorter runs a loop is faster than Buffer.copy. */
const shortRun = 64

/** Whether a line, whose only control sequences are colours, has visible text. */
function hasVisibleText(line: Buffer): boolean {
  let at = 0
  while (line[at] === escape) at += sequenceLength(line, at, line.length)
  return at < line.length
}

/** What a log sanitizer has made of its input so far: bytes that are safe to print. */
export class SanitizedOutput {
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0
  /** Number of bytes at the end that may become part of a section mark, and are not taken yet. */
  #held = 0
  /** The end of the last section mark: text before and after it never form a mark together. */
  #afterMark = 0
  /** The line in which the bytes begin has visible text. */
  #isSeenBefore = false

  /** Forgets the bytes that were taken, and makes room for `size` more. */
  reserve(size: number): void {
    const most = maxMarkBytes + size
    const bytes = this.#bytes.length < most ? Buffer.allocUnsafeSlow(most) : this.#bytes
    this.#length = this.#bytes.copy(bytes, 0, this.#length - this.#held, this.#length)
    this.#held = 0
    this.#afterMark = 0
    this.#bytes = bytes
  }

  /** Appends one byte. */
  push(byte: number): void {
    this.#bytes[this.#length++] = byte
  }

  /** Appends the bytes of `source` from `from` to `to`. */
  append(source: Buffer, from: number, to: number): void {
    const bytes = this.#bytes
    const at = this.#length
    const length = to - from
    if (length > shortRun) source.copy(bytes, at, from, to)
    else for (let index = 0; index < length; index += 1) bytes[at + index] = source[from + index] ?? 0
    this.#length = at + length
  }

  /** Removes the section mark that ends the current line. Returns whether there was one. */
  dropMark(): boolean {
    const length = markLength(this.#tail())
    if (length === 0) return false
    this.#length -= length
    this.#afterMark = this.#length
    return true
  }

  /** Whether the current line has visible text. */
  isLineVisible(): boolean {
    return this.#isVisibleUpTo(this.#length)
  }

  /** The bytes that can be printed: all except what may become a section mark. They are valid until the next `reserve`. */
  take(): Buffer {
    return this.#takeBut(partialMarkLength(this.#tail()))
  }

  /** All bytes, at the end of the log. */
  takeAll(): Buffer {
    return this.#takeBut(0)
  }

  #takeBut(held: number): Buffer {
    const end = this.#length - held
    this.#isSeenBefore = this.#isVisibleUpTo(end)
    this.#held = held
    return this.#bytes.subarray(0, end)
  }

  /** The end of the current line, in Latin-1, as long as a section mark can be. */
  #tail(): string {
    const from = Math.max(this.#afterMark, this.#length - maxMarkBytes)
    const tail = this.#bytes.toString('latin1', from, this.#length)
    return tail.slice(tail.lastIndexOf('\n') + 1)
  }

  #isVisibleUpTo(end: number): boolean {
    const last = end > 0 ? this.#bytes[end - 1] : undefined
    if (last === lineFeed) return false
    // A colour sequence does not end with this byte.
    if (last !== undefined && last !== endOfColor) return true
    const line = this.#bytes.subarray(0, end).lastIndexOf(lineFeed) + 1
    return (line === 0 && this.#isSeenBefore) || hasVisibleText(this.#bytes.subarray(line, end))
  }
}
