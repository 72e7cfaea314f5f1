import { LogRedactor } from './redactor.ts'
import { LogSanitizer } from './sanitize/sanitizer.ts'
import { TimestampFilter } from './timestamps.ts'

/** Transforms the bytes of a log as they arrive. */
export interface ByteFilter {
  /** Transforms the next bytes. The result is valid until the next call. */
  filter(bytes: Buffer): Buffer
  /** Returns what is held back only until it is known how the line continues, when nothing comes any more. */
  idle(): Buffer
  /** Returns the bytes held back, at the end of the log. */
  end(): Buffer
  /** The times of the lines were asked for, and the log has none. */
  readonly lacksTimes: boolean
}

/** How a log is shown, besides its colours. */
export interface LogFilterOptions {
  /** The time of each line is shown, where the runner has written it. */
  keepsTimes: boolean
  /** What goes over a line again is marked (sanitizer.ts). */
  marksOverwriting: boolean
}

const nothing = Buffer.alloc(0)

/**
 * Makes a job's log safe to print: without the runner's prefixes (timestamps.ts), sanitized (sanitizer.ts) and with
 * secrets masked (redactor.ts).
 */
export class LogFilter implements ByteFilter {
  readonly #keepsTimes: boolean
  readonly #times: TimestampFilter
  readonly #sanitizer: LogSanitizer
  readonly #redactor: LogRedactor

  /** `secrets` are the texts to mask. */
  constructor(
    keepsColors: boolean,
    secrets: readonly string[] | (() => readonly string[]),
    { keepsTimes, marksOverwriting }: LogFilterOptions = { keepsTimes: false, marksOverwriting: false },
  ) {
    this.#keepsTimes = keepsTimes
    this.#times = new TimestampFilter(keepsTimes)
    this.#sanitizer = new LogSanitizer(keepsColors, marksOverwriting)
    this.#redactor = new LogRedactor(secrets)
  }

  filter(bytes: Buffer): Buffer {
    return this.#redactor.redact(this.#sanitizer.sanitize(this.#times.filter(bytes)))
  }

  get lacksTimes(): boolean {
    return this.#keepsTimes && this.#times.hasPrefixes !== true
  }

  idle(): Buffer {
    // A line end would come between the two parts of a secret whose line continues after all.
    if (this.#redactor.isHolding) return nothing
    const bytes = this.#times.idle()
    return bytes.length === 0 ? bytes : this.#redactor.redact(this.#sanitizer.sanitize(bytes))
  }

  end(): Buffer {
    const rest = Buffer.from(this.#redactor.redact(this.#sanitizer.sanitize(this.#times.end())))
    return Buffer.concat([rest, this.#redactor.redact(this.#sanitizer.end()), this.#redactor.end()])
  }
}
