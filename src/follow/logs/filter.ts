import { LogRedactor } from './redactor.ts'
import { LogSanitizer } from './sanitizer.ts'

/** Transforms the bytes of a log as they arrive. */
export interface ByteFilter {
  /** Transforms the next bytes. The result is valid until the next call. */
  filter(bytes: Buffer): Buffer
  /** Returns the bytes held back, at the end of the log. */
  end(): Buffer
}

/** Makes a job's log safe to print: sanitized (sanitizer.ts) and with secrets masked (redactor.ts). */
export class LogFilter implements ByteFilter {
  readonly #sanitizer: LogSanitizer
  readonly #redactor: LogRedactor

  /** `secrets` are the texts to mask. */
  constructor(keepsColors: boolean, secrets: readonly string[] | (() => readonly string[])) {
    this.#sanitizer = new LogSanitizer(keepsColors)
    this.#redactor = new LogRedactor(secrets)
  }

  filter(bytes: Buffer): Buffer {
    return this.#redactor.redact(this.#sanitizer.sanitize(bytes))
  }

  end(): Buffer {
    return Buffer.concat([this.#redactor.redact(this.#sanitizer.end()), this.#redactor.end()])
  }
}
