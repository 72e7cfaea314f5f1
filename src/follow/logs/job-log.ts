import { LostContact, type PollPolicy } from '../../http/retry/grace.ts'
import type { Cleaner } from './filter.ts'
import type { LoggedJob } from './logged-jobs.ts'
import { lastLines, LastBytes, withoutFirstLine, type WholeLines } from './line-buffers.ts'
import type { LogReader, Take } from './reader.ts'

/** Where logs go. Whatever it throws ends the following. */
export interface LogSink {
  /** A job's log begins; `lastLines` is how many of its last lines follow, undefined where all of them do. */
  begin(job: LoggedJob, lastLines: number | undefined): Promise<void>
  /** The next bytes of it, clean; good until it resolves. */
  write(job: LoggedJob, bytes: Buffer): Promise<void>
  end(job: LoggedJob): Promise<void>
  /** It could not be read, or not to its end: said once. */
  unreadable(job: LoggedJob, error: unknown): Promise<void>
}

/** The log of one job on its way from the server to where it is shown. */
export class JobLog {
  job: LoggedJob
  /** Nothing more is to come: the job is over. */
  isOver = false
  /** All of it has been shown, or cannot be. */
  isDone = false
  /** When it was last read, in ms since 1970. */
  readAt = 0
  readonly #reader: LogReader
  readonly #cleaner: Cleaner
  readonly #lines: WholeLines | undefined
  readonly #sink: LogSink
  #hasBegun = false

  /** With `lines`, whole lines only are handed on. */
  constructor(
    job: LoggedJob,
    reader: LogReader,
    cleaner: Cleaner,
    lines: WholeLines | undefined,
    sink: LogSink,
  ) {
    this.job = job
    this.#reader = reader
    this.#cleaner = cleaner
    this.#lines = lines
    this.#sink = sink
  }

  /** Shows what is new, and ends it if the job is over. Faults that pass are left to the next time. */
  async pull(patience: PollPolicy): Promise<void> {
    this.readAt = patience.clock.now()
    const { isOver } = this
    try {
      const mayGoOn = await this.#readOn({ ...patience, graceMs: 0 })
      if (!mayGoOn || isOver || this.#reader.isErased) await this.#finish()
    } catch (error) {
      if (!(error instanceof LostContact)) throw error
    }
  }

  /** Shows what is left, and ends it. */
  async drain(patience: PollPolicy): Promise<void> {
    try {
      await this.#readOn(patience)
    } catch (error) {
      if (!(error instanceof LostContact)) throw error
      await this.#sink.unreadable(this.job, error)
    }
    await this.#finish()
  }

  /** Shows its last lines only, of which `bytes` bytes are held. */
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
    const text = Buffer.concat([this.#cleaner.clean(kept), this.#cleaner.end()])
    const shown = lastLines(text, lines)
    const isPart = isCut || shown.length < text.length
    await this.#begin(isPart ? lines : text.length === 0 ? 0 : undefined)
    await this.#show(shown)
    await this.#finish()
  }

  #readOn(patience: PollPolicy): Promise<boolean> {
    return this.#read((bytes) => this.#show(this.#cleaner.clean(bytes)), this.isOver, patience)
  }

  /** Reads on; false, once that was said, where that will never work. */
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

  async #show(clean: Buffer): Promise<void> {
    const bytes = this.#lines ? this.#lines.add(clean) : clean
    if (bytes.length === 0) return
    await this.#begin(undefined)
    await this.#sink.write(this.job, bytes)
  }

  async #finish(): Promise<void> {
    this.isDone = true
    await this.#show(this.#cleaner.end())
    const line = this.#lines?.end()
    if (line !== undefined && line.length > 0) {
      await this.#begin(undefined)
      await this.#sink.write(this.job, line)
    }
    if (this.#hasBegun) await this.#sink.end(this.job)
  }
}
