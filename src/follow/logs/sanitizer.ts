import { mostHeldString } from '../../core/text/control-strings.ts'
import { escapeChar } from '../../core/text/escape-char.ts'
import { contextLength, isHarmless, isJoiner } from '../../core/text/joiners.ts'
import {
  brokenLength,
  characterAt,
  characterLength,
  codePointAt,
  isColor,
  isUnsafe,
  nextUnusual,
  sequenceLength,
  incomplete,
} from './byte-scan.ts'
import { overwrites, writeOverwriting } from './overwriting.ts'
import { isErasedLine, partialMarkLength, maxMarkBytes, markLength } from './section-marks.ts'
import { beginsString, introducerLength, isOsc, stringEnd } from './string-scan.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const escape = 0x1b
const endOfColor = 0x6d
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

/** For shorter runs a loop is faster than Buffer.copy. */
const shortRun = 64

/** Copies bytes `from` to `to` to position `at` of `out`. Returns the new end. */
function copied(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  const length = to - from
  if (length > shortRun) bytes.copy(out, at, from, to)
  else for (let index = 0; index < length; index += 1) out[at + index] = bytes[from + index] ?? 0
  return at + length
}

/** Whether a line, whose only control sequences are colours, has visible text. */
function hasVisibleText(line: Buffer): boolean {
  let at = 0
  while (line[at] === escape) at += sequenceLength(line, at, line.length)
  return at < line.length
}

/**
 * Makes a job's log safe for a terminal. Colours are kept if wanted; other control sequences, control strings and
 * section marks are removed; a carriage return starts a new line; other control, bidi and zero-width characters are
 * made visible (docs/guarantees.md#7.1) but where they belong to emoji or to scripts that join; invalid UTF-8 becomes
 * U+FFFD. The input may be cut anywhere without changing the result; incomplete parts are held back, in constant
 * memory.
 */
export class LogSanitizer {
  readonly #keepsColors: boolean
  readonly #marksOverwriting: boolean
  /** Input that cannot be processed yet. */
  #rest: Buffer = empty
  #bytes: Buffer = empty
  #words = new Int32Array(0)
  #out: Buffer = empty
  #length = 0
  /** Number of output bytes at the end that may become part of a section mark. */
  #held = 0
  /** The end of the last section mark in `out`: text before and after it never form a mark together. */
  #afterMark = 0
  /** The line in which `out` begins has visible text. */
  #isSeenBefore = false
  /** A carriage return has followed visible text. */
  #isReturned = false
  /** The end of the input that was processed before, as long as it matters to what follows. */
  #before = ''
  /** A control string is being dropped that is too long to be held back. */
  #isDropping = false
  #endsWithBell = false

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
    this.#before = this.#textBefore(judged)
    this.#rest = Buffer.from(this.#bytes.subarray(judged, end))
    return this.#output(partialMarkLength(this.#tail(this.#length)))
  }

  /** Returns the bytes held back, at the end of the log. */
  end(): Buffer {
    this.#process(this.#append(empty), true)
    if (this.#isReturned) this.#out[this.#length++] = lineFeed
    this.#rest = empty
    this.#isReturned = false
    return this.#output(0)
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
    const most = maxMarkBytes + (this.#bytes.length + 1) * growth
    const out = this.#out.length < most ? Buffer.allocUnsafeSlow(most) : this.#out
    this.#length = this.#out.copy(out, 0, this.#length - this.#held, this.#length)
    this.#afterMark = 0
    this.#out = out
    return end
  }

  /** The output except its last `held` bytes. */
  #output(held: number): Buffer {
    const end = this.#length - held
    this.#isSeenBefore = this.#hasVisibleText(end)
    this.#held = held
    return this.#out.subarray(0, end)
  }

  /** Processes the input up to the first incomplete part. Returns its position. */
  #process(end: number, isEnd: boolean): number {
    const bytes = this.#bytes
    const words = this.#words
    const out = this.#out
    let length = this.#length
    // `from` is the start of the bytes to copy unchanged; `at` is the current position.
    let from = 0
    let at = 0
    if (this.#isDropping) {
      const dropped = stringEnd(bytes, 0, end, this.#endsWithBell, isEnd)
      from = at = dropped.at
      if (dropped.kind === 'open') end = at
      else this.#isDropping = false
    }
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
          const isSafe = !isUnsafe(code) || (code >= firstJoiner && this.#isHarmless(at, step, end, isEnd))
          if (isSafe === undefined) {
            end = at
            continue
          }
          if (isSafe) {
            at += step
            continue
          }
          const dropped = beginsString(bytes, at) ? this.#stringLength(at, end, isEnd) : 0
          if (dropped === incomplete) {
            end = at
            continue
          }
          if (this.#isDropping) end = at + dropped
          if (dropped > 0) step = dropped
          else text = Buffer.from(escapeChar(code))
        } else {
          text = replacement
          step = brokenLength(bytes, at, end)
        }
      } else if (byte === escape) {
        const isString = at + 1 < end && beginsString(bytes, at)
        step = isString ? this.#stringLength(at, end, isEnd) : sequenceLength(bytes, at, end)
        if (step === incomplete && !isEnd) {
          end = at
          continue
        }
        if (this.#isDropping) end = at + step
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
            out[length++] = this.#marksOverwriting ? overwrites : lineFeed
          this.#isReturned = false
        }
        length = copied(bytes, from, at, out, length)
        if (text) length = copied(text, 0, text.length, out, length)
      }
      if (at >= end) break
      from = at + step
      if (isColored) length = copied(bytes, at, from, out, length)
      else if (byte === escape && bytes[at + 1] === bracket && step > 1 && this.#marksOverwriting)
        length = writeOverwriting(bytes.toString('latin1', at, from), out, length)
      else if (byte === carriageReturn) {
        const mark = isMark === true ? markLength(this.#tail(length)) : 0
        length -= mark
        if (mark === 0) this.#isReturned ||= this.#hasVisibleText(length)
        else this.#afterMark = length
      }
      at = from
    }
    this.#length = length
    return at
  }

  /** The input before a position, as far as it matters to the character there. */
  #textBefore(at: number): string {
    const mostBytes = 2 * contextLength
    const near = this.#bytes.toString('utf8', Math.max(0, at - mostBytes), at)
    return (at < mostBytes ? this.#before + near : near).slice(-contextLength)
  }

  /** Whether the character at `at` is harmless there; undefined if the one after it is missing. */
  #isHarmless(at: number, length: number, end: number, isEnd: boolean): boolean | undefined {
    const after = characterAt(this.#bytes, at + length, end)
    const char = this.#bytes.toString('utf8', at, at + length)
    if (after === undefined && !isEnd && isJoiner(char)) return undefined
    return isHarmless(char, this.#textBefore(at), after ?? '')
  }

  /** The length of what to drop of the control string at `at`: 0 if it is text, `incomplete` if its end is missing. */
  #stringLength(at: number, end: number, isEnd: boolean): number {
    const endsWithBell = isOsc(this.#bytes, at)
    const found = stringEnd(this.#bytes, at + introducerLength, end, endsWithBell, isEnd)
    const length = found.at - at
    if (found.kind === 'ended') return length
    const isLong = length - introducerLength >= mostHeldString
    if (found.kind === 'broken' || isEnd) return isLong ? length : 0
    if (!isLong) return incomplete
    this.#isDropping = true
    this.#endsWithBell = endsWithBell
    return length
  }

  /** The end of the current output line, in Latin-1, as long as a section mark can be. */
  #tail(length: number): string {
    const tail = this.#out.toString('latin1', Math.max(this.#afterMark, length - maxMarkBytes), length)
    return tail.slice(tail.lastIndexOf('\n') + 1)
  }

  /** Whether the current output line, up to `length`, has visible text. */
  #hasVisibleText(length: number): boolean {
    const last = length > 0 ? this.#out[length - 1] : undefined
    if (last === lineFeed) return false
    // A colour sequence does not end with this byte.
    if (last !== undefined && last !== endOfColor) return true
    const line = this.#out.subarray(0, length).lastIndexOf(lineFeed) + 1
    return (line === 0 && this.#isSeenBefore) || hasVisibleText(this.#out.subarray(line, length))
  }
}
