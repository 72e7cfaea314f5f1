import type { Client } from '../../gitlab/api/client.ts'
import type { OpenAnswer } from '../../http/message.ts'
import {
  LostContact,
  startGrace,
  UnusableAnswer,
  type Clock,
  type PollPolicy,
} from '../../http/retry/grace.ts'
import { KnownBytes } from './known-bytes.ts'
import type { LogOffsets } from './offsets.ts'
import type { RequestTurn } from '../../http/request-rate.ts'

/** Receives the next bytes of a log; they are valid until it resolves. */
export type Take = (bytes: Buffer) => Promise<void>

/** Without offsets a log is read again from its beginning, on average at this rate at most. */
const rereadBytesPerMs = 1024

/** What an answer turned out to be, when it was compared with what is known of the log. */
type Compared = 'read' | 'shorter' | 'another'

/**
 * Reads a growing log without holding it in memory. Passes on each byte once, whatever breaks: every answer is
 * compared with what is known of the log, because some servers honour offsets only while the job runs.
 */
export class LogReader {
  readonly #client: Client
  readonly #path: string
  readonly #offsets: LogOffsets
  readonly #turn: RequestTurn
  readonly #known = new KnownBytes()
  #lastBytes: number
  /** An answer from an offset was none. */
  #isOffsetIgnored = false
  /** When the log may be read again from its beginning, in ms since 1970. */
  #rereadAt = 0
  /** The beginning was skipped. */
  isCut = false
  /** The last answer was shorter than what is known, or empty. */
  isShorter = false
  /** The time of the last answer by the server's clock, in ms since 1970; NaN where it does not tell. */
  serverTime = NaN

  /** If the server supports offsets, only the last `lastBytes` of a much longer log are read. A log that comes in parts is read part by part, each in its `turn`. */
  constructor(client: Client, jobId: number, offsets: LogOffsets, turn: RequestTurn, lastBytes = Infinity) {
    this.#client = client
    this.#path = `/${client.dialect.jobs}/${jobId}/trace`
    this.#offsets = offsets
    this.#turn = turn
    this.#lastBytes = lastBytes
  }

  /** The number of bytes that were passed on or skipped. */
  get length(): number {
    return this.#known.offset
  }

  /**
   * Passes new bytes to `take`; with `isOver` (the job has ended), everything up to the end. Continues after
   * a broken connection. Throws as `Client.open`, and what `take` throws.
   */
  async read(take: Take, isOver: boolean, poll: PollPolicy): Promise<void> {
    const client = this.#client.with({ poll })
    let grace = startGrace(poll)
    for (;;) {
      const before = this.length
      try {
        await this.#readOnce(client, take, isOver, poll.clock)
        return
      } catch (error) {
        const fault = poll.judgeBody(error)
        if (!fault) throw error
        // If bytes arrived before the connection broke, retry at once.
        if (this.length > before) grace = startGrace(poll)
        else {
          const next = await grace.wait(fault)
          if (next === 'final') throw error
          if (next !== 'again')
            throw new LostContact(`${next.contactLost}: ${fault.message}`, { cause: error })
        }
      }
    }
  }

  async #readOnce(client: Client, take: Take, isOver: boolean, clock: Clock): Promise<void> {
    if (await this.#readOn(client, take, isOver)) return
    if (!isOver && clock.now() < this.#rereadAt) return
    const opened = await this.#open(client, '')
    const length = Number(opened.headers['content-length'] ?? '0')
    if (this.length === 0 && length > 2 * this.#lastBytes) {
      await this.#skipToTail(client, opened, length)
      await this.#readOnce(client, take, isOver, clock)
      return
    }
    const before = this.length
    const compared = await this.#compare(opened, 0, take)
    // What was read again is as much as is known, or less.
    this.#rereadAt = clock.now() + Math.max(before, this.length) / rereadBytesPerMs
    if (compared === 'another') throw new UnusableAnswer('the response is not the log that was read before')
  }

  /** Reads on from the offset. Resolves to false where the log has to be read from its beginning. */
  async #readOn(client: Client, take: Take, isOver: boolean): Promise<boolean> {
    if (this.#isOffsetIgnored || !(this.#known.tellsOffset || this.isCut)) return false
    if (!(await this.#offsets.honours(client, this.#path))) return false
    for (;;) {
      const before = this.length
      const from = this.#known.lastFrom
      const opened = await this.#open(client, `?byte_offset=${from}`)
      const compared = await this.#compare(opened, from, take)
      if (compared === 'another') {
        this.#isOffsetIgnored = true
        if (this.isCut) throw new UnusableAnswer('the server no longer serves that log from an offset')
        return false
      }
      // The server may limit the size of one response.
      if (this.length === before || !isOver) return true
      await this.#turn()
    }
  }

  async #open(client: Client, query: string): Promise<OpenAnswer> {
    const opened = await client.open(`${this.#path}${query}`)
    this.serverTime = Date.parse(opened.headers['date'] ?? '')
    const type = opened.headers['content-type'] ?? ''
    if (!/^\s*text\/html|^\s*application\/json/i.test(type)) return opened
    opened.stop()
    throw new UnusableAnswer(`the response is not a log (${type.split(';')[0] ?? ''})`)
  }

  /** Skips to the last bytes, if the server supports offsets. */
  async #skipToTail(client: Client, opened: OpenAnswer, length: number): Promise<void> {
    let beginning: Buffer = Buffer.alloc(0)
    for await (const bytes of opened.body) {
      beginning = Buffer.from(bytes)
      break
    }
    opened.stop()
    if (await this.#offsets.honours(client, this.#path)) {
      this.#known.skipTo(length - this.#lastBytes, beginning)
      this.isCut = true
    }
    this.#lastBytes = Infinity
  }

  /**
   * Passes on what is new in an answer that begins at `from`, after its first bytes were found to be those that
   * are known.
   */
  async #compare(opened: OpenAnswer, from: number, take: Take): Promise<Compared> {
    const known = this.#known
    const before = known.offset
    let at = from
    let isCompared = false
    let start: Buffer = Buffer.alloc(0)
    try {
      for await (const bytes of opened.body) {
        if (!isCompared) {
          start = start.length === 0 ? bytes : Buffer.concat([start, bytes])
          if (!this.#fits(start, from)) {
            opened.stop()
            return 'another'
          }
          isCompared = from === 0 ? start.length >= 256 : start.length >= known.last.length
          if (!isCompared) continue
          at += await this.#pass(start, at, before, take)
        } else at += await this.#pass(bytes, at, before, take)
      }
    } catch (error) {
      // The connection may break here each time: what has come is passed on.
      if (!isCompared) await this.#pass(start, at, before, take)
      throw error
    }
    if (!isCompared) at += await this.#pass(start, at, before, take)
    this.isShorter = at < before
    return this.isShorter ? 'shorter' : 'read'
  }

  #fits(start: Buffer, from: number): boolean {
    if (from === 0) return this.#known.isBeginning(start)
    const length = Math.min(start.length, this.#known.last.length)
    return start.subarray(0, length).equals(this.#known.last.subarray(0, length))
  }

  /** Passes on the part of `bytes`, which stand at `at`, that lies behind `known`. Returns their length. */
  async #pass(bytes: Buffer, at: number, known: number, take: Take): Promise<number> {
    const news = at < known ? bytes.subarray(known - at) : bytes
    if (news.length > 0) {
      await take(news)
      this.#known.add(news)
    }
    return bytes.length
  }
}
