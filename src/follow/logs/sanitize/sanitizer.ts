import { escapeChar } from '../../../core/text/escape-char.ts'
import {
  brokenLength,
  characterLength,
  codePointAt,
  isColor,
  isUnsafe,
  nextUnusual,
  sequenceLength,
  incomplete,
} from './byte-scan.ts'
import { DroppedStrings } from './dropped-strings.ts'
import { JoinerContext } from './joiner-context.ts'
import { overwrites, overwritingMarks } from './overwriting.ts'
import { SanitizedOutput } from './sanitized-output.ts'
import { isErasedLine } from './section-marks.ts'
import { beginsString } from './string-scan.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const escape = 0x1b
const bracket = 0x5b
/** No character below has a form that is harmless in its place. */
const firstJoiner = 0x200c

/** The largest growth factor of a byte: a C1 character of two bytes becomes `<U+0080>`. */
const maxGrowth = 4
/** The same where the cursor going up 100 lines becomes a byte for each. */
const maxMarkedGrowth = 34

const empty = Buffer.alloc(0)
const replacement = Buffer.from('\ufffd')

/** Visible forms of C0 and DEL. */
const visibleForms = Array.from({ length: 0x80 }, (_, code) => Buffer.from(escapeChar(code)))

/**
 * Makes a job's log safe for a terminal (docs/guarantees.md#7.1):
 * - Control sequences, control strings and section marks are removed; with `keepsColors` colours are kept.
 * - A carriage return starts a new line.
 * - Other control, bidi and zero-width characters are made visible, except in emoji and in scripts that join letters.
 * - Invalid UTF-8 becomes U+FFFD.
 *
 * The input may arrive in any pieces: incomplete parts are held back, in constant memory.
 */
export class LogSanitizer {
  readonly #keepsColors: boolean
  readonly #marksOverwriting: boolean
  /** Input that cannot be processed yet. */
  #rest: Buffer = empty
  #bytes: Buffer = empty
  #words = new Int32Array(0)
  readonly #out = new SanitizedOutput()
  readonly #strings = new DroppedStrings()
  readonly #context = new JoinerContext()
  /** A carriage return has followed visible text. */
  #isReturned = false

  /**
   * With `marksOverwriting` what goes over a line again is marked instead (overwriting.ts), by bytes that no sanitized
   * text has.
   */
  constructor(keepsColors: boolean, marksOverwriting = false) {
    this.#keepsColors = keepsColors
    this.#marksOverwriting = marksOverwriting
  }

  /** Sanitizes the next bytes. The result is a view that is valid until the next call. */
  sanitize(bytes: Buffer): Buffer {
    const end = this.#append(bytes)
    const judged = this.#process(end, false)
    this.#context.keepBefore(this.#bytes, judged)
    this.#rest = Buffer.from(this.#bytes.subarray(judged, end))
    return this.#out.take()
  }

  /** Returns the bytes held back, at the end of the log. */
  end(): Buffer {
    this.#process(this.#append(empty), true)
    if (this.#isReturned) this.#out.push(lineFeed)
    this.#rest = empty
    this.#isReturned = false
    return this.#out.takeAll()
  }

  /** Appends bytes to the unprocessed input, in an array that can be read as words. Returns the length. */
  #append(bytes: Buffer): number {
    const end = this.#rest.length + bytes.length
    if (this.#bytes.length < end) {
      const room = new ArrayBuffer(Math.ceil(end / 4096) * 4096)
      this.#bytes = Buffer.from(room)
      this.#words = new Int32Array(room)
    }
    this.#rest.copy(this.#bytes)
    bytes.copy(this.#bytes, this.#rest.length)
    const growth = this.#marksOverwriting ? maxMarkedGrowth : maxGrowth
    this.#out.reserve((this.#bytes.length + 1) * growth)
    return end
  }

  /** Processes the input up to the first incomplete part. Returns its position. */
  #process(end: number, isEnd: boolean): number {
    const bytes = this.#bytes
    const words = this.#words
    const out = this.#out
    const strings = this.#strings
    // `from` is the start of the bytes to copy unchanged; `at` is the current position.
    let from = strings.continuedLength(bytes, end, isEnd)
    let at = from
    if (strings.isOpen) end = at
    for (;;) {
      at = nextUnusual(bytes, words, at, end)
      const byte = at < end ? (bytes[at] ?? 0) : lineFeed
      let step = 1
      let text: Buffer | undefined
      let isColored = false
      let isMark: boolean | undefined = false
      if (byte >= 0x80) {
        step = characterLength(bytes, at, end)
        if (step === incomplete && !isEnd) {
          end = at
          continue
        }
        if (step > 0) {
          const code = codePointAt(bytes, at, step)
          const isSafe =
            !isUnsafe(code) || (code >= firstJoiner && this.#context.isHarmless(bytes, at, step, end, isEnd))
          if (isSafe === undefined) {
            end = at
            continue
          }
          if (isSafe) {
            at += step
            continue
          }
          const dropped = beginsString(bytes, at) ? strings.lengthAt(bytes, at, end, isEnd) : 0
          if (dropped === incomplete) {
            end = at
            continue
          }
          if (strings.isOpen) end = at + dropped
          if (dropped > 0) step = dropped
          else text = Buffer.from(escapeChar(code))
        } else {
          text = replacement
          step = brokenLength(bytes, at, end)
        }
      } else if (byte === escape) {
        const isString = at + 1 < end && beginsString(bytes, at)
        step = isString ? strings.lengthAt(bytes, at, end, isEnd) : sequenceLength(bytes, at, end)
        if (step === incomplete && !isEnd) {
          end = at
          continue
        }
        if (strings.isOpen) end = at + step
        isColored = this.#keepsColors && step > 0 && isColor(bytes, at, step)
        if (step <= 0) {
          text = visibleForms[byte]
          step = 1
        }
      } else if (byte === carriageReturn) {
        isMark = isErasedLine(bytes, at, end)
        if (isMark === undefined && !isEnd) {
          end = at
          continue
        }
      } else if (at < end) text = visibleForms[byte]
      if (from < at || text) {
        if (this.#isReturned) {
          if (from === at || bytes[from] !== lineFeed)
            out.push(this.#marksOverwriting ? overwrites : lineFeed)
          this.#isReturned = false
        }
        out.append(bytes, from, at)
        if (text) out.append(text, 0, text.length)
      }
      if (at >= end) break
      from = at + step
      if (isColored) out.append(bytes, at, from)
      else if (byte === escape && bytes[at + 1] === bracket && step > 1 && this.#marksOverwriting) {
        const marks = overwritingMarks(bytes.toString('latin1', at, from))
        out.append(marks, 0, marks.length)
      } else if (byte === carriageReturn && !(isMark === true && out.dropMark()))
        this.#isReturned ||= out.isLineVisible()
      at = from
    }
    return at
  }
}
