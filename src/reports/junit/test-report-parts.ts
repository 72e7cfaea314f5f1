import { byteSize } from '../../core/text/byte-size.ts'
import { parseBoundedJson } from '../../gitlab/api/bounded-json.ts'
import { ApiError } from '../../gitlab/api/reader.ts'

/** A part of a test report, as soon as it is there. */
export interface ReportPart {
  /** `begin` and `end` are of a suite, the tests between them are its own. */
  kind: 'begin' | 'test' | 'end'
  /** A test, or a suite without its tests: at its beginning with the members before them only. */
  json: unknown
}

/** The longest test, and the most of everything that is no test, in bytes: the only parts that are in memory as a whole. */
const longestPart = 16 * 1024 * 1024

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]
const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** How many brackets are open around the suites, the members of a suite, and its tests. */
const depthOf = { suites: 2, suite: 3, tests: 4 } as const

const notUnderstood = (): ApiError => new ApiError('the answer is not JSON, as GitLab sends', 200)

/** Bytes of the same part of a report, until it is whole. */
class PartText {
  #pieces: Buffer[] = []
  #size = 0

  add(piece: Buffer): void {
    this.#size += piece.length
    if (this.#size > longestPart)
      throw new ApiError(`a part of it is larger than the limit of ${byteSize(longestPart)}`, 200)
    this.#pieces.push(piece)
  }

  /** Its value, with `end` behind what there is. Throws where that is no JSON. */
  parse(end = ''): unknown {
    const value = parseBoundedJson(Buffer.concat(this.#pieces).toString() + end)
    if (value === undefined) throw notUnderstood()
    return value
  }
}

/** Takes a test report apart, piece by piece: of one that is large only a part is ever in memory. */
class ReportScanner {
  #depth = 0
  #isInString = false
  #isEscaped = false
  /** The last byte outside of texts that is no blank, and the last text, as far as it may be a name. */
  #before = 0
  #word = ''
  readonly #report = new PartText()
  /** The lists that are open, and of their entries the one that is. */
  #areSuites = false
  #areTests = false
  #suite: PartText | undefined
  #test: PartText | undefined
  #hasBegun = false

  /** The parts that end with this piece. Throws an ApiError for what is no JSON. */
  scan(piece: Buffer): ReportPart[] {
    const parts: ReportPart[] = []
    let from = 0
    const keepTo = (to: number): void => {
      if (to > from && !this.#isBetween()) this.#current().add(piece.subarray(from, to))
      from = to
    }
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0
      if (this.#isInString) {
        this.#passText(byte)
        continue
      }
      if (isBlank(byte)) continue
      const isEnd = byte === comma || byte === closeBracket
      if (this.#isBetween() && !isEnd) {
        keepTo(at)
        if (this.#areTests) {
          if (!this.#hasBegun) parts.push({ kind: 'begin', json: this.#suite?.parse(']}') })
          this.#hasBegun = true
          this.#test = new PartText()
        } else this.#suite = new PartText()
      } else if (isEnd && this.#test && this.#depth === depthOf.tests) {
        keepTo(at)
        parts.push({ kind: 'test', json: this.#test.parse() })
        this.#test = undefined
      } else if (isEnd && this.#suite && this.#depth === depthOf.suites) {
        keepTo(at)
        const json = this.#suite.parse()
        if (!this.#hasBegun) parts.push({ kind: 'begin', json })
        parts.push({ kind: 'end', json })
        this.#suite = undefined
        this.#hasBegun = false
      }
      // The brackets of a list are kept, its entries and commas are not.
      if (byte === closeBracket && this.#isBetween()) {
        keepTo(at)
        if (this.#areTests) this.#areTests = false
        else this.#areSuites = false
      }
      const isList = byte === openBracket && this.#before === colon
      this.#passStructure(byte)
      if (isList && (this.#beginsSuites() || this.#beginsTests())) {
        keepTo(at + 1)
        if (this.#depth === depthOf.suites) this.#areSuites = true
        else this.#areTests = true
      }
      this.#before = byte
    }
    keepTo(piece.length)
    return parts
  }

  /** Throws an ApiError where the report is not whole. */
  end(): void {
    this.#report.parse()
  }

  #current(): PartText {
    return this.#test ?? this.#suite ?? this.#report
  }

  /** Whether this is inside of a list and of none of its entries. */
  #isBetween(): boolean {
    if (this.#areTests) return this.#depth === depthOf.tests && !this.#test
    return this.#areSuites && this.#depth === depthOf.suites && !this.#suite
  }

  #beginsSuites(): boolean {
    return this.#depth === depthOf.suites && !this.#areSuites && this.#word === 'test_suites'
  }

  #beginsTests(): boolean {
    return this.#depth === depthOf.tests && this.#suite !== undefined && this.#word === 'test_cases'
  }

  #passStructure(byte: number): void {
    if (byte === quote) {
      this.#isInString = true
      this.#word = ''
    } else if (byte === openBracket || byte === openBrace) this.#depth += 1
    else if (byte === closeBracket || byte === closeBrace) this.#depth -= 1
  }

  #passText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === backslash) this.#isEscaped = true
    else if (byte === quote) this.#isInString = false
    else if (this.#depth <= depthOf.suite && this.#word.length < 20) this.#word += String.fromCharCode(byte)
  }
}

/**
 * Yields the parts of a test report (docs/gitlab.md#4.1) as they come. Throws an ApiError for what is no report, and
 * what the body throws.
 */
export async function* reportParts(body: AsyncIterable<Buffer>): AsyncGenerator<ReportPart> {
  const scanner = new ReportScanner()
  for await (const piece of body) yield* scanner.scan(piece)
  scanner.end()
}
