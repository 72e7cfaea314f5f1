const lineFeed = 0x0a
const empty = Buffer.alloc(0)

/**
 * What a runner writes before each line since 18.7: the time, the number and kind of the stream, and ` ` for a
 * new line or `+` for one that continues the line before (docs/gitlab.md#4.4).
 */
const prefix = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/

/** The length of that prefix, and of the time and the blank in it, in bytes. */
const prefixBytes = 32
const timeBytes = 28

/** The length of the prefix that stands at `at`; 0 for none. */
function prefixLength(bytes: Buffer, at: number): number {
  return prefix.test(bytes.toString('latin1', at, at + prefixBytes)) ? prefixBytes : 0
}

/**
 * Takes the prefixes from a log whose lines have them, and joins lines that were cut in two; with `keepsTimes` the time stays at
 * the beginning of each line. A log is in this format if its first line is. Holds back a line end, and less
 * than a prefix.
 */
export class TimestampFilter {
  readonly #keepsTimes: boolean
  #held: Buffer = empty
  /** Whether the log has prefixes; undefined until enough of it has come. */
  hasPrefixes: boolean | undefined
  /** The held bytes begin with a line, or with the line end before it. */
  #isAtLineStart = true

  constructor(keepsTimes = false) {
    this.#keepsTimes = keepsTimes
  }

  /** The next bytes, without prefixes. */
  filter(added: Buffer): Buffer {
    if (this.hasPrefixes === false) return added
    const bytes = this.#held.length === 0 ? added : Buffer.concat([this.#held, added])
    this.#held = empty
    if (this.hasPrefixes === undefined) {
      // No prefix has a line end in it.
      if (bytes.length < prefixBytes && !bytes.includes(lineFeed)) {
        this.#held = Buffer.from(bytes)
        return empty
      }
      this.hasPrefixes = prefixLength(bytes, 0) > 0
      if (!this.hasPrefixes) return bytes
    }
    return this.#without(bytes, false)
  }

  /** The line end that is held back, when nothing comes any more. */
  idle(): Buffer {
    if (this.#held.length !== 1 || this.#held[0] !== lineFeed) return empty
    const lineEnd = this.#held
    this.#held = empty
    return lineEnd
  }

  /** What is held back, at the end of the log. */
  end(): Buffer {
    const rest = this.#held
    this.#held = empty
    return this.hasPrefixes ? this.#without(rest, true) : rest
  }

  #without(bytes: Buffer, isEnd: boolean): Buffer {
    const parts: Buffer[] = []
    let at = 0
    while (at < bytes.length) {
      if (this.#isAtLineStart) {
        const lineEnd = bytes[at] === lineFeed ? 1 : 0
        if (!isEnd && bytes.length - at < lineEnd + prefixBytes) break
        const length = prefixLength(bytes, at + lineEnd)
        const isContinued = length > 0 && bytes[at + lineEnd + prefixBytes - 1] === 0x2b
        if (lineEnd === 1 && !isContinued) parts.push(bytes.subarray(at, at + 1))
        if (this.#keepsTimes && length > 0 && !isContinued)
          parts.push(bytes.subarray(at + lineEnd, at + lineEnd + timeBytes))
        at += lineEnd + length
        this.#isAtLineStart = false
        // An empty line: its end is the next thing to be held.
        if (bytes[at] === lineFeed) this.#isAtLineStart = true
        continue
      }
      const end = bytes.indexOf(lineFeed, at)
      parts.push(bytes.subarray(at, end < 0 ? bytes.length : end))
      at = end < 0 ? bytes.length : end
      this.#isAtLineStart = end >= 0
    }
    this.#held = at < bytes.length ? Buffer.from(bytes.subarray(at)) : empty
    return Buffer.concat(parts)
  }
}
