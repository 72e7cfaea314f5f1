/** Hands values over to one reader: `put` resolves once all of them are taken, so that no more is held than was put. */
export class LineQueue<T> {
  readonly #signal: AbortSignal
  #waiting: { values: readonly T[]; taken: () => void }[] = []
  #wake: () => void = () => undefined
  #isOver = false

  /** `signal` drops what is not taken. */
  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Resolves once the values are taken. Rejects with the reason of the signal. */
  put(values: readonly T[]): Promise<void> {
    const signal = this.#signal
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting = []
        reject(signal.reason as Error)
      }
      if (signal.aborted) {
        stop()
        return
      }
      signal.addEventListener('abort', stop, { once: true })
      const taken = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      this.#waiting.push({ values, taken })
      this.#wake()
    })
  }

  /** Nothing more is put. */
  end(): void {
    this.#isOver = true
    this.#wake()
  }

  /** All values, until the end. */
  async *taken(): AsyncGenerator<T, void, void> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next) {
        for (const value of next.values) {
          if (this.#signal.aborted) return
          yield value
        }
        next.taken()
      } else if (this.#isOver) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}
