import { believingRefusals, LostContact, type PollPolicy } from '../../http/retry/grace.ts'
import type { ByteFilter } from './filter.ts'
import type { LoggedJob } from './logged-jobs.ts'
import type { WholeLines } from './line-buffers.ts'
import { LogEnd } from './log-end.ts'
import { LogTail, type LogPart } from './log-tail.ts'
import type { LogReader, Take } from './reader.ts'

const lineFeed = 0x0a

/** Where logs are written. An error thrown here ends following. */
export interface LogSink {
  /** Begins a job's log; `part` is what follows of it, undefined for all of it. */
  begin(job: LoggedJob, part: LogPart | undefined): Promise<void>
  /** Writes the next bytes, filtered; they are valid until it resolves. */
  write(job: LoggedJob, bytes: Buffer): Promise<void>
  end(job: LoggedJob): Promise<void>
  /** Reports, once, that the log could not be read completely. */
  unreadable(job: LoggedJob, error: unknown): Promise<void>
  /** Tells something else of the log: the end of a sentence that begins with it. */
  noted(job: LoggedJob, text: string): Promise<void>
}

/** A log that was read, and is not what there was, or is nothing. Its message is what is said of it. */
export class LogGone extends Error {
  override name = 'LogGone'
}

/** Reads the log of one job and writes it to the sink. */
export class JobLog {
  job: LoggedJob
  /** The job has ended, so that the log grows only by what its runner still has to send. */
  isOver = false
  /** The log is complete, or the rest cannot be read. */
  isDone = false
  /** The job is not in its pipeline any more. */
  isMissing = false
  /** Its job was not over when the last of it was shown. */
  isUnfinished = false
  /** When it was last read, in ms since 1970. */
  readAt = 0
  readonly #reader: LogReader
  readonly #filter: ByteFilter
  readonly #lines: WholeLines | undefined
  readonly #sink: LogSink
  readonly #end = new LogEnd()
  #hasBegun = false

  /** With `lines`, only complete lines are written. */
  constructor(
    job: LoggedJob,
    reader: LogReader,
    filter: ByteFilter,
    lines: WholeLines | undefined,
    sink: LogSink,
  ) {
    this.job = job
    this.#reader = reader
    this.#filter = filter
    this.#lines = lines
    this.#sink = sink
  }

  /** Shows new output, and ends the log if it is whole. Transient errors are left to the next call. */
  async pull(poll: PollPolicy): Promise<void> {
    this.readAt = poll.clock.now()
    const { isOver } = this
    const before = this.#reader.length
    try {
      const isReadable = await this.#read(this.#takeNew, { ...poll, graceMs: 0 })
      if (!isReadable) await this.#finish(false)
      else if (isOver && this.#isWhole(poll)) await this.#finishWhole()
      else if (this.#reader.length === before) await this.#write(this.#filter.idle())
    } catch (error) {
      if (!(error instanceof LostContact)) throw error
    }
  }

  /** Shows the rest and ends the log. */
  async drain(poll: PollPolicy): Promise<void> {
    if (await this.#readToEnd(this.#takeNew, poll)) await this.#finishWhole()
    else await this.#finish(false)
  }

  /** Shows the last lines only, or those around the first error. */
  async showLast(lines: number, prefersError: boolean, poll: PollPolicy): Promise<void> {
    const tail = new LogTail(lines, prefersError)
    // Where the beginning was skipped, the first line is a part of one.
    let isWhole: boolean | undefined
    const keep = (piece: Buffer): Promise<void> => {
      isWhole ??= !this.#reader.isCut
      const lineEnd = isWhole ? -1 : piece.indexOf(lineFeed)
      if (isWhole || lineEnd >= 0) tail.add(this.#filter.filter(piece.subarray(lineEnd + 1)))
      if (lineEnd >= 0) isWhole = true
      return Promise.resolve()
    }
    const isRead = (await this.#readToEnd(keep, poll)) && !(await this.#reportGone())
    const isEnd = isRead && this.isOver
    if (isEnd) tail.add(this.#filter.end())
    const { text, part } = tail.end(this.#reader.isCut)
    this.isDone = true
    if (!isRead && text.length === 0) return
    await this.#begin(part)
    await this.#write(text)
    await this.#finish(isEnd)
  }

  readonly #takeNew: Take = (bytes) => this.#write(this.#filter.filter(bytes))

  /** Reads until the log is whole. Reports what cannot be read to the sink, and resolves to false then. */
  async #readToEnd(take: Take, poll: PollPolicy): Promise<boolean> {
    try {
      for (;;) {
        if (!(await this.#read(take, poll))) return false
        if (this.#isWhole(poll)) return true
        await poll.clock.sleep(this.#end.pauseMs, poll.ended)
      }
    } catch (error) {
      if (!(error instanceof LostContact)) throw error
      await this.#sink.unreadable(this.job, error)
      return false
    }
  }

  async #finishWhole(): Promise<void> {
    this.isUnfinished = !this.isOver
    await this.#finish(this.isOver)
    await this.#reportGone()
  }

  /** Reports a log that is not what there was; resolves to whether that is so. */
  async #reportGone(): Promise<boolean> {
    const { erasedAt } = this.job
    const why =
      erasedAt !== null
        ? `it was erased at ${new Date(erasedAt).toISOString()}`
        : this.#reader.isShorter
          ? 'it has become shorter since it was read'
          : undefined
    if (why !== undefined) await this.#sink.unreadable(this.job, new LogGone(why))
    return why !== undefined
  }

  #isWhole({ clock }: PollPolicy): boolean {
    const { length, isShorter, serverTime } = this.#reader
    const endedAt = this.job.finishedAt
    return this.#end.isWhole(clock.now(), length, isShorter, endedAt === null ? NaN : serverTime - endedAt)
  }

  /** Reads new bytes. Reports a permanent error to the sink and resolves to false. */
  async #read(take: Take, poll: PollPolicy): Promise<boolean> {
    try {
      const polling = this.#reader.length === 0 ? believingRefusals(poll) : poll
      await this.#reader.read(take, this.isOver, polling)
      return true
    } catch (error) {
      if (!poll.isRefusal(error)) throw error
      await this.#sink.unreadable(this.job, error)
      return false
    }
  }

  async #begin(part: LogPart | undefined): Promise<void> {
    if (this.#hasBegun) return
    this.#hasBegun = true
    await this.#sink.begin(this.job, part)
  }

  async #write(clean: Buffer): Promise<void> {
    const bytes = this.#lines ? this.#lines.add(clean) : clean
    if (bytes.length === 0) return
    await this.#begin(undefined)
    await this.#sink.write(this.job, bytes)
  }

  /**
   * Ends what is shown of the log. Of one that continues, what the filter holds back is left out: it may be the
   * beginning of a secret.
   */
  async #finish(isWhole: boolean): Promise<void> {
    this.isDone = true
    await this.#write(isWhole ? this.#filter.end() : this.#filter.idle())
    const line = this.#lines?.end()
    if (line !== undefined && line.length > 0) {
      await this.#begin(undefined)
      await this.#sink.write(this.job, line)
    }
    if (this.#hasBegun) await this.#sink.end(this.job)
    if (this.#hasBegun && this.#filter.lacksTimes)
      await this.#sink.noted(this.job, 'has no timestamps; its runner wrote none')
  }
}
