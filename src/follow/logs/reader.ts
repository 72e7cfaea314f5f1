import type { Client } from '../../gitlab/api/client.ts'
import type { OpenAnswer } from '../../http/message.ts'
import { LostContact, startGrace, type Clock, type PollPolicy } from '../../http/retry/grace.ts'

/** Takes the next bytes of a log; they are good until it resolves. */
export type Take = (bytes: Buffer) => Promise<void>

/** Whether one server sends a log from an offset on. GitLab 19 does, older ones send all of it whatever is asked (facts 4.4). */
export class LogOffsets {
  #answer: Promise<boolean> | undefined

  /** Finds it out with a log of two bytes or more, for certain: one byte is asked for. Once per server. Throws as `Client.open`. */
  honours(client: Client, path: string): Promise<boolean> {
    if (client.dialect.name === 'v3') return Promise.resolve(false)
    this.#answer ??= this.#ask(client, path)
    return this.#answer
  }

  async #ask(client: Client, path: string): Promise<boolean> {
    let count = 0
    try {
      const { body } = await client.open(`${path}?byte_offset=0&byte_limit=1`)
      for await (const bytes of body) {
        count += bytes.length
        if (count > 1) break
      }
    } finally {
      // An error says nothing, and neither does a log that was erased meanwhile.
      if (count === 0) this.#answer = undefined
    }
    return count === 1
  }
}

/** A log that cannot be continued is read again from its beginning, on average at no more than so many bytes per millisecond. */
const rereadPace = 1024

/** Reads the log of one job as it grows; no byte of it is handed out twice, whatever breaks. Nothing of it is held. */
export class LogReader {
  readonly #client: Client
  readonly #path: string
  readonly #offsets: LogOffsets
  #lastBytes: number
  /** The bytes that were handed out or skipped. */
  #offset = 0
  /** In ms since 1970. */
  #rereadAt = 0
  /** Its beginning was not read. */
  isCut = false
  /** It is shorter than it was: somebody has erased it. */
  isErased = false

  /** Of a log that is much longer than `lastBytes`, only so much of its end is read where the server can do that. */
  constructor(client: Client, jobId: number, offsets: LogOffsets, lastBytes = Infinity) {
    this.#client = client
    this.#path = `/${client.dialect.name === 'v3' ? 'builds' : 'jobs'}/${jobId}/trace`
    this.#offsets = offsets
    this.#lastBytes = lastBytes
  }

  /**
   * Hands out what is new; with `isOver`, of a job that is over, all up to the end. Goes on where a connection broke. Throws as `Client.open`, and what
   * `take` throws.
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
        // As long as some of it comes, a server that breaks off is no reason to wait.
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
        // The server may limit one answer.
        more = (await this.#pass(opened, 0, take)) > 0 && isOver
      }
      return
    }
    if (!isOver && clock.now() < this.#rereadAt) return
    const known = this.#offset
    const opened = await client.open(this.#path)
    const length = Number(opened.headers['content-length'] ?? '0')
    if (known === 0 && length > 2 * this.#lastBytes) {
      opened.stop()
      await this.#leap(client, length)
      await this.#readOnce(client, take, isOver, clock)
      return
    }
    const passed = await this.#pass(opened, known, take)
    this.isErased = passed < known
    this.#rereadAt = clock.now() + passed / rereadPace
  }

  /** Goes to where the last bytes begin, where the server can do that. */
  async #leap(client: Client, length: number): Promise<void> {
    if (await this.#offsets.honours(client, this.#path)) {
      this.#offset = length - this.#lastBytes
      this.isCut = true
    }
    this.#lastBytes = Infinity
  }

  /** Hands out an answer but for its first bytes, which are known. Returns how long it was. */
  async #pass(opened: OpenAnswer, known: number, take: Take): Promise<number> {
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
