import { LogRedactor } from './redactor.ts'
import { LogSanitizer } from './sanitizer.ts'

/** Does something to the bytes of a log as they come. */
export interface Cleaner {
  /** The next bytes, clean; good until the next call. */
  clean(bytes: Buffer): Buffer
  /** What was held back, at the end of the log. */
  end(): Buffer
}

/** Makes a job's log fit to be shown as its bytes come: tamed (log-tamer.ts), without the secrets of the run (log-redactor.ts). */
export class LogFilter implements Cleaner {
  readonly #tamer: LogSanitizer
  readonly #redactor: LogRedactor

  /** `secrets` are the texts that must not leave. */
  constructor(keepsColors: boolean, secrets: readonly string[]) {
    this.#tamer = new LogSanitizer(keepsColors)
    this.#redactor = new LogRedactor(secrets)
  }

  clean(bytes: Buffer): Buffer {
    return this.#redactor.redact(this.#tamer.tame(bytes))
  }

  end(): Buffer {
    return Buffer.concat([this.#redactor.redact(this.#tamer.end()), this.#redactor.end()])
  }
}
