import { escapeChar } from '../../core/escape-char.ts'
import {
  brokenLength,
  characterLength,
  codePointAt,
  isColor,
  isUnsafe,
  nextUnusual,
  sequenceLength,
  unfinished,
} from './byte-scan.ts'
import { begunMarkLength, longestMark, markLength } from './section-marks.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const escape = 0x1b
const endOfColor = 0x6d

/** What a runner writes behind a section mark. */
const erasedLine = Buffer.from('\r\x1b[0K')

/** No byte of a log becomes longer than this, in bytes: a C1 character of two becomes `<U+0080>`. */
const mostGrowth = 4

const empty = Buffer.alloc(0)
const replacement = Buffer.from('\ufffd')

/** C0 and DEL, made visible. */
const shown = Array.from({ length: 0x80 }, (_, code) => Buffer.from(escapeChar(code)))

/** Shorter runs are copied faster one by one than by the system. */
const shortRun = 64

/** Copies `bytes` from one place up to another to `at` of `out`. Returns where they end there. */
function copied(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  const length = to - from
  if (length > shortRun) bytes.copy(out, at, from, to)
  else for (let index = 0; index < length; index += 1) out[at + index] = bytes[from + index] ?? 0
  return at + length
}

/** Whether something is seen on a line of which only colours are kept. */
function isSeen(line: Buffer): boolean {
  let at = 0
  while (line[at] === escape) at += sequenceLength(line, at, line.length)
  return at < line.length
}

/** Whether the carriage return at `at` begins what stands behind a section mark; undefined where that has not come yet. */
function isErasedLine(bytes: Buffer, at: number, end: number): boolean | undefined {
  const length = Math.min(erasedLine.length, end - at)
  for (let index = 1; index < length; index += 1) {
    if (bytes[at + index] !== erasedLine[index]) return false
  }
  return length === erasedLine.length ? true : undefined
}

/**
 * Makes the bytes of a job's log safe for a terminal as they come, in whatever pieces: colours stay if they are wanted, other control sequences
 * and section marks are dropped, a carriage return begins a new line, and every other control, bidi or zero-width character is made visible
 * (guarantees 7.1). What is not UTF-8 becomes U+FFFD. However the log is cut into pieces, the result is the same; what a piece ends in the middle
 * of is held back, in constant memory.
 */
export class LogSanitizer {
  readonly #keepsColors: boolean
  /** What could not be judged yet. */
  #rest: Buffer = empty
  #bytes: Buffer = empty
  #words = new Int32Array(0)
  #out: Buffer = empty
  #length = 0
  /** So much at the end of what was made may become a section mark. */
  #held = 0
  /** Where in `out` the text behind the last section mark begins: it is no part of a mark together with what stood before that one. */
  #afterMark = 0
  /** Something is seen on the line that `out` begins in. */
  #isSeenBefore = false
  /** A carriage return has come on a line with something on it. */
  #isReturned = false

  constructor(keepsColors: boolean) {
    this.#keepsColors = keepsColors
  }

  /** The next bytes, tamed: a view that is good until the next call. */
  tame(bytes: Buffer): Buffer {
    const end = this.#take(bytes)
    const judged = this.#work(end, false)
    this.#rest = Buffer.from(this.#bytes.subarray(judged, end))
    return this.#give(begunMarkLength(this.#tail(this.#length)))
  }

  /** What was held back, at the end of the log. */
  end(): Buffer {
    this.#work(this.#take(empty), true)
    if (this.#isReturned) this.#out[this.#length++] = lineFeed
    this.#rest = empty
    this.#isReturned = false
    return this.#give(0)
  }

  /** Puts bytes behind those that wait, where whole words can be read. Returns how many there are. */
  #take(bytes: Buffer): number {
    const end = this.#rest.length + bytes.length
    if (this.#bytes.length < end) {
      const room = new ArrayBuffer(Math.ceil(end / 4096) * 4096)
      this.#bytes = Buffer.from(room)
      this.#words = new Int32Array(room)
    }
    this.#rest.copy(this.#bytes)
    bytes.copy(this.#bytes, this.#rest.length)
    const most = longestMark + (this.#bytes.length + 1) * mostGrowth
    const out = this.#out.length < most ? Buffer.allocUnsafeSlow(most) : this.#out
    this.#length = this.#out.copy(out, 0, this.#length - this.#held, this.#length)
    this.#afterMark = 0
    this.#out = out
    return end
  }

  /** What was made, but for its last `held` bytes. */
  #give(held: number): Buffer {
    const end = this.#length - held
    this.#isSeenBefore = this.#isLineSeen(end)
    this.#held = held
    return this.#out.subarray(0, end)
  }

  /** Works through what was taken, up to what cannot be judged yet. Returns where that begins. */
  #work(end: number, isEnd: boolean): number {
    const bytes = this.#bytes
    const words = this.#words
    const out = this.#out
    let length = this.#length
    // Where what can be copied as it is begins, and where what is looked at stands.
    let from = 0
    let at = 0
    for (;;) {
      at = nextUnusual(bytes, words, at, end)
      const byte = at < end ? (bytes[at] ?? 0) : lineFeed
      let step = 1
      let text: Buffer | undefined
      let isColored = false
      let isMark: boolean | undefined = false
      if (byte >= 0x80) {
        step = characterLength(bytes, at, end)
        if (step === unfinished && !isEnd) {
          end = at
          continue
        }
        if (step > 0) {
          const code = codePointAt(bytes, at, step)
          if (!isUnsafe(code)) {
            at += step
            continue
          }
          text = Buffer.from(escapeChar(code))
        } else {
          text = replacement
          step = brokenLength(bytes, at, end)
        }
      } else if (byte === escape) {
        step = sequenceLength(bytes, at, end)
        if (step === unfinished && !isEnd) {
          end = at
          continue
        }
        isColored = this.#keepsColors && step > 0 && isColor(bytes, at, step)
        if (step <= 0) {
          text = shown[byte]
          step = 1
        }
      } else if (byte === carriageReturn) {
        isMark = isErasedLine(bytes, at, end)
        if (isMark === undefined && !isEnd) {
          end = at
          continue
        }
      } else if (at < end) text = shown[byte]
      if (from < at || text) {
        if (this.#isReturned) {
          if (from === at || bytes[from] !== lineFeed) out[length++] = lineFeed
          this.#isReturned = false
        }
        length = copied(bytes, from, at, out, length)
        if (text) length = copied(text, 0, text.length, out, length)
      }
      if (at >= end) break
      from = at + step
      if (isColored) length = copied(bytes, at, from, out, length)
      else if (byte === carriageReturn) {
        const mark = isMark === true ? markLength(this.#tail(length)) : 0
        length -= mark
        if (mark === 0) this.#isReturned ||= this.#isLineSeen(length)
        else this.#afterMark = length
      }
      at = from
    }
    this.#length = length
    return at
  }

  /** The end of the present line as it was made up to `length`, in Latin-1: as much as can be a section mark. */
  #tail(length: number): string {
    const tail = this.#out.toString('latin1', Math.max(this.#afterMark, length - longestMark), length)
    return tail.slice(tail.lastIndexOf('\n') + 1)
  }

  /** Whether something is seen on the present line, as it was made up to `length`. */
  #isLineSeen(length: number): boolean {
    const last = length > 0 ? this.#out[length - 1] : undefined
    if (last === lineFeed) return false
    // No colour ends like this.
    if (last !== undefined && last !== endOfColor) return true
    const line = this.#out.subarray(0, length).lastIndexOf(lineFeed) + 1
    return (line === 0 && this.#isSeenBefore) || isSeen(this.#out.subarray(line, length))
  }
}
