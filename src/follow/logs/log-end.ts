/** A log may still grow for this long after its job's end, by the server's clock, in ms: the runner sends its last lines late. */
const lateMs = 60_000

/** Two reads that are so far apart, in ms, and find the same mean that a log is whole. */
const stillMs = 5000

/** The longest time for which a log is read after its job's end, in ms. */
const mostMs = 30_000

/** Decides when the log of a job that has ended is whole. */
export class LogEnd {
  #since = NaN
  #changedAt = NaN
  #length = NaN

  /**
   * Whether the log is whole, after a read at `now` (ms): `length` bytes are known of it, and with `isShorter` not
   * even those came. `endedMsAgo` is how long ago the job ended by the server's clock; NaN where that is not
   * known.
   */
  isWhole(now: number, length: number, isShorter: boolean, endedMsAgo: number): boolean {
    if (Number.isNaN(this.#since)) {
      if (!(endedMsAgo < lateMs) && !isShorter) return true
      this.#since = now
    }
    if (length !== this.#length || isShorter) {
      this.#length = length
      this.#changedAt = now
    }
    return now - this.#changedAt >= stillMs || now - this.#since >= mostMs
  }

  /** In how many ms it is to be read again at the latest. */
  get pauseMs(): number {
    return stillMs
  }
}
