import type { Client } from '../../gitlab/api/client.ts'
import type { OpenAnswer } from '../../http/message.ts'
import { LostContact, startGrace, type Clock, type PollPolicy } from '../../http/retry/grace.ts'

/** Receives the next bytes of a log; they are valid until it resolves. */
export type Take = (bytes: Buffer) => Promise<void>

/**
 * Whether the server supports reading a log from an offset. GitLab 19 does; older ones ignore the parameter
 * and send the whole log (facts 4.4).
 */
export class LogOffsets {
  #answer: Promise<boolean> | undefined

  /** Tests it once per server, by requesting one byte of a longer log. Throws as `Client.open`. */
  honours(client: Client, path: string): Promise<boolean> {
    if (client.dialect.name === 'v3') return Promise.resolve(false)
    this.#answer ??= this.#test(client, path)
    return this.#answer
  }

  async #test(client: Client, path: string): Promise<boolean> {
    let count = 0
    try {
      const { body } = await client.open(`${path}?byte_offset=0&byte_limit=1`)
      for await (const bytes of body) {
        count += bytes.length
        if (count > 1) break
      }
    } finally {
      // An error or an empty log (erased meanwhile) decides nothing, so test again next time.
      if (count === 0) this.#answer = undefined
    }
    return count === 1
  }
}

/** Without offsets a log is read again from its beginning, on average at this rate at most. */
const rereadBytesPerMs = 1024

/** Reads a growing log without holding it in memory. Passes on each byte once, whatever breaks. */
export class LogReader {
  readonly #client: Client
  readonly #path: string
  readonly #offsets: LogOffsets
  #lastBytes: number
  /** Number of bytes that were passed on or skipped. */
  #offset = 0
  /** When the log may be read again from its beginning, in ms since 1970. */
  #rereadAt = 0
  /** The beginning was skipped. */
  isCut = false
  /** The log became shorter, so somebody has erased it. */
  isErased = false

  /** If the server supports offsets, only the last `lastBytes` of a much longer log are read. */
  constructor(client: Client, jobId: number, offsets: LogOffsets, lastBytes = Infinity) {
    this.#client = client
    this.#path = `/${client.dialect.name === 'v3' ? 'builds' : 'jobs'}/${jobId}/trace`
    this.#offsets = offsets
    this.#lastBytes = lastBytes
  }

  /**
   * Passes new bytes to `take`; with `isOver` (the job has ended), everything up to the end. Continues after
   * a broken connection. Throws as `Client.open`, and what `take` throws.
   */
  async read(take: Take, isOver: boolean, poll: PollPolicy): Promise<void> {
    const client = this.#client.with({ poll })
    let grace = startGrace(poll)
    for (;;) {
      const before = this.#offset
      try {
        await this.#readOnce(client, take, isOver, poll.clock)
        return
      } catch (error) {
        const fault = poll.judgeBody(error)
        if (!fault) throw error
        // If bytes arrived before the connection broke, retry at once.
        if (this.#offset > before) grace = startGrace(poll)
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
    if (this.#offset > 0 && (await this.#offsets.honours(client, this.#path))) {
      for (let more = true; more;) {
        const opened = await client.open(`${this.#path}?byte_offset=${this.#offset}`)
        // The server may limit the size of one response.
        more = (await this.#passNewBytes(opened, 0, take)) > 0 && isOver
      }
      return
    }
    if (!isOver && clock.now() < this.#rereadAt) return
    const known = this.#offset
    const opened = await client.open(this.#path)
    const length = Number(opened.headers['content-length'] ?? '0')
    if (known === 0 && length > 2 * this.#lastBytes) {
      opened.stop()
      await this.#skipToTail(client, length)
      await this.#readOnce(client, take, isOver, clock)
      return
    }
    const passed = await this.#passNewBytes(opened, known, take)
    this.isErased = passed < known
    this.#rereadAt = clock.now() + passed / rereadBytesPerMs
  }

  /** Skips to the last bytes, if the server supports offsets. */
  async #skipToTail(client: Client, length: number): Promise<void> {
    if (await this.#offsets.honours(client, this.#path)) {
      this.#offset = length - this.#lastBytes
      this.isCut = true
    }
    this.#lastBytes = Infinity
  }

  /** Passes on a response except its first `known` bytes. Returns its length. */
  async #passNewBytes(opened: OpenAnswer, known: number, take: Take): Promise<number> {
    let passed = 0
    for await (const bytes of opened.body) {
      const news = passed < known ? bytes.subarray(known - passed) : bytes
      passed += bytes.length
      if (news.length === 0) continue
      await take(news)
      this.#offset += news.length
    }
    return passed
  }
}
