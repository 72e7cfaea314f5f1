import { cursorUp, overwrites } from './sanitize/overwriting.ts'

/** What is shown of a log of which not everything is. */
export interface LogPart {
  /** How many lines. */
  lines: number
  /** The number of the first of them where they stand around the first error; undefined for the last lines. */
  errorFrom?: number | undefined
}

const lineFeed = 0x0a

/** Longest line in bytes; the rest of a longer one is left out. */
const maxLineBytes = 16_384
/** All lines that are kept together, in bytes. */
const maxKeptBytes = 8 * 1024 * 1024

const leftOut = (count: number): Buffer => Buffer.from(` ... (${count} bytes of this line left out)`)

const colors = /\x1b\[[\d;:]*m/g
/** A line that reports a failure. */
const failure = /error|fail|fatal|traceback/i
/** The beginning of the runner's own last line, which says only that the job has failed. */
const runnersLine = 'ERROR: Job failed'

function tellsFailure(line: Buffer): boolean {
  const text = line.toString('latin1').replace(colors, '')
  return failure.test(text) && !text.startsWith(runnersLine)
}

/** Lines in order, of which the oldest are dropped where they are too many. */
class Lines {
  readonly #most: number
  #kept: Buffer[] = []
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  get count(): number {
    return this.#kept.length
  }

  add(line: Buffer): void {
    this.#kept.push(line)
    this.#bytes += line.length
    while (this.#kept.length > this.#most || (this.#bytes > maxKeptBytes && this.#kept.length > 1))
      this.#bytes -= this.#kept.shift()?.length ?? 0
  }

  pop(): Buffer | undefined {
    const line = this.#kept.pop()
    this.#bytes -= line?.length ?? 0
    return line
  }

  all(): Buffer[] {
    return [...this.#kept]
  }
}

/**
 * Keeps the last lines of a sanitized log, as a person counts them: what was overwritten counts once. Where none of
 * them reports a failure, the lines around the first one that does say more.
 */
export class LogTail {
  readonly #most: number
  readonly #prefersError: boolean
  readonly #last: Lines
  #line: Buffer[] = []
  #lineBytes = 0
  #isOverwritten = false
  #count = 0
  /** The lines around the first that reports a failure. */
  #around: { lines: Buffer[]; from: number } | undefined

  /** Keeps `most` lines; with `prefersError` those around the first error where the last ones show none. */
  constructor(most: number, prefersError: boolean) {
    this.#most = most
    this.#prefersError = prefersError
    this.#last = new Lines(most)
  }

  /** The log continues this sanitized text. */
  add(text: Buffer): void {
    let from = 0
    for (let at = 0; at < text.length; at += 1) {
      const byte = text[at]
      if (byte !== lineFeed && byte !== overwrites && byte !== cursorUp) continue
      this.#extend(text.subarray(from, at))
      from = at + 1
      if (byte === lineFeed) this.#endLine()
      else {
        this.#isOverwritten = true
        if (byte === cursorUp) this.#goUp()
      }
    }
    this.#extend(text.subarray(from))
  }

  /** The lines to show, and which part of the log they are; `isCut` where its beginning was not read. */
  end(isCut: boolean): { text: Buffer; part: LogPart | undefined } {
    if (this.#lineBytes > 0) this.#endLine()
    const last = this.#last.all()
    const around = this.#prefersError && !last.some(tellsFailure) ? this.#around : undefined
    const shown = around?.lines ?? last
    const text = Buffer.concat(shown.flatMap((line) => [line, Buffer.of(lineFeed)]))
    const isWhole = !isCut && this.#count === shown.length
    if (around && !isWhole) return { text, part: { lines: shown.length, errorFrom: around.from } }
    return { text, part: isWhole && shown.length > 0 ? undefined : { lines: shown.length } }
  }

  #extend(bytes: Buffer): void {
    if (bytes.length === 0) return
    if (this.#isOverwritten) this.#startLine()
    const room = maxLineBytes - Math.min(this.#lineBytes, maxLineBytes)
    // Copied: a piece may be part of a large buffer that is used again.
    if (room > 0) this.#line.push(Buffer.from(bytes.subarray(0, room)))
    this.#lineBytes += bytes.length
  }

  #startLine(): void {
    this.#line = []
    this.#lineBytes = 0
    this.#isOverwritten = false
  }

  #goUp(): void {
    if (this.#lineBytes > 0) this.#startLine()
    if (!this.#last.pop()) return
    this.#count -= 1
    const around = this.#around
    if (around && this.#count < around.from - 1 + around.lines.length) around.lines.pop()
  }

  #endLine(): void {
    const tooMany = this.#lineBytes - maxLineBytes
    const line = Buffer.concat(tooMany > 0 ? [...this.#line, leftOut(tooMany)] : this.#line)
    this.#startLine()
    this.#count += 1
    if (this.#around && this.#around.lines.length > 0) {
      const { lines, from } = this.#around
      if (lines.length < this.#most && this.#count === from + lines.length) lines.push(line)
    } else if (tellsFailure(line)) {
      const before = Math.floor(this.#most / 4)
      const lines = [...(before === 0 ? [] : this.#last.all().slice(-before)), line]
      this.#around = { lines, from: this.#count - lines.length + 1 }
    }
    this.#last.add(line)
  }
}
