import { LostContact, type PollPolicy } from '../../http/retry/grace.ts'
import type { ByteFilter } from './filter.ts'
import type { LoggedJob } from './logged-jobs.ts'
import { lastLines, LastBytes, withoutFirstLine, type WholeLines } from './line-buffers.ts'
import type { LogReader, Take } from './reader.ts'

/** Where logs are written. An error thrown here ends following. */
export interface LogSink {
  /** Begins a job's log, or its last lines; `lastLines` is undefined if the whole log follows. */
  begin(job: LoggedJob, lastLines: number | undefined): Promise<void>
  /** Writes the next bytes, filtered; they are valid until it resolves. */
  write(job: LoggedJob, bytes: Buffer): Promise<void>
  end(job: LoggedJob): Promise<void>
  /** Reports, once, that the log could not be read completely. */
  unreadable(job: LoggedJob, error: unknown): Promise<void>
}

/** Reads the log of one job and writes it to the sink. */
export class JobLog {
  job: LoggedJob
  /** The job has ended, so the log does not grow any more. */
  isOver = false
  /** The log is complete, or the rest cannot be read. */
  isDone = false
  /** When it was last read, in ms since 1970. */
  readAt = 0
  readonly #reader: LogReader
  readonly #filter: ByteFilter
  readonly #lines: WholeLines | undefined
  readonly #sink: LogSink
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

  /** Shows new output, and ends the log if the job has ended. Transient errors are left to the next call. */
  async pull(patience: PollPolicy): Promise<void> {
    this.readAt = patience.clock.now()
    const { isOver } = this
    try {
      const isReadable = await this.#readNew({ ...patience, graceMs: 0 })
      if (!isReadable || isOver || this.#reader.isErased) await this.#finish()
    } catch (error) {
      if (!(error instanceof LostContact)) throw error
    }
  }

  /** Shows the rest and ends the log. */
  async drain(patience: PollPolicy): Promise<void> {
    try {
      await this.#readNew(patience)
    } catch (error) {
      if (!(error instanceof LostContact)) throw error
      await this.#sink.unreadable(this.job, error)
    }
    await this.#finish()
  }

  /** Shows the last lines only, keeping about `bytes` bytes in memory. */
  async showLast(lines: number, bytes: number, patience: PollPolicy): Promise<void> {
    const last = new LastBytes(bytes)
    const keep = (piece: Buffer): Promise<void> => {
      last.add(piece)
      return Promise.resolve()
    }
    try {
      if (!(await this.#read(keep, true, patience))) return
    } catch (error) {
      if (!(error instanceof LostContact)) throw error
      await this.#sink.unreadable(this.job, error)
      return
    }
    const isCut = last.isCut || this.#reader.isCut
    const kept = isCut ? withoutFirstLine(last.bytes()) : last.bytes()
    const text = Buffer.concat([this.#filter.filter(kept), this.#filter.end()])
    const shown = lastLines(text, lines)
    const isPart = isCut || shown.length < text.length
    await this.#begin(isPart ? lines : text.length === 0 ? 0 : undefined)
    await this.#write(shown)
    await this.#finish()
  }

  #readNew(patience: PollPolicy): Promise<boolean> {
    return this.#read((bytes) => this.#write(this.#filter.filter(bytes)), this.isOver, patience)
  }

  /** Reads new bytes. Reports a permanent error to the sink and resolves to false. */
  async #read(take: Take, isOver: boolean, patience: PollPolicy): Promise<boolean> {
    try {
      await this.#reader.read(take, isOver, patience)
      return true
    } catch (error) {
      if (!patience.isRefusal(error)) throw error
      await this.#sink.unreadable(this.job, error)
      return false
    }
  }

  async #begin(lastLines: number | undefined): Promise<void> {
    if (this.#hasBegun) return
    this.#hasBegun = true
    await this.#sink.begin(this.job, lastLines)
  }

  async #write(clean: Buffer): Promise<void> {
    const bytes = this.#lines ? this.#lines.add(clean) : clean
    if (bytes.length === 0) return
    await this.#begin(undefined)
    await this.#sink.write(this.job, bytes)
  }

  async #finish(): Promise<void> {
    this.isDone = true
    await this.#write(this.#filter.end())
    const line = this.#lines?.end()
    if (line !== undefined && line.length > 0) {
      await this.#begin(undefined)
      await this.#sink.write(this.job, line)
    }
    if (this.#hasBegun) await this.#sink.end(this.job)
  }
}
