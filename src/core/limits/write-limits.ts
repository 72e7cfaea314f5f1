import { WriteError } from '../errors.ts'

/** How long a write that begins after the limit is waited for, in ms: it may say how the run ended. */
const finalWriteMs = 400

/** The clock and the signals of a process. */
interface World {
  now(): number
  alarm(ms: number, expired: () => void): () => void
  interrupted: AbortSignal
}

/** A write that has begun. */
interface Pending {
  /** The limit of a write that began when time had run out already, in ms since 1970. */
  finalWriteUntil: number | undefined
  giveUp: (reason: Error) => void
}

/** More than the promises between a stream and the code that awaits a write. */
const promises = 64

/** Resolves when what has been written already is settled: the id that was out when the signal came is not lost. */
async function thisTurn(): Promise<void> {
  for (let count = 0; count < promises; count += 1) await Promise.resolve()
}

/** Awaits the writes of one stream. Rejects with an Interrupted, or a WriteError of the code ETIMEDOUT, where one was given up. */
export type AwaitWrite = (begin: () => Promise<void>) => Promise<void>

/**
 * The limits of everything that is written. A write that its reader does not take is given up at a signal, and
 * when the last of the limits that are open has passed; never before, since a pager may pause for hours. Without
 * an open limit only a signal ends it.
 */
export class WriteLimits {
  readonly #world: World
  readonly #deadlines = new Map<symbol, number>()
  readonly #pending = new Set<Pending>()
  #cancelAlarm: () => void = () => undefined

  constructor(world: World) {
    this.#world = world
    world.interrupted.addEventListener('abort', () => {
      for (const each of this.#pending) this.#giveUp(each)
    })
  }

  /** Opens a limit, in ms since 1970; Infinity where it is not known yet. Returns a function that changes it, or closes it. */
  open(deadline: number): (deadline: number | undefined) => void {
    const name = Symbol()
    const set = (changed: number | undefined): void => {
      if (changed === undefined) this.#deadlines.delete(name)
      else this.#deadlines.set(name, changed)
      this.#wait()
    }
    set(deadline)
    return set
  }

  /** When the last of the open limits has passed, in ms since 1970; Infinity where nothing is limited. */
  get deadline(): number {
    return this.#deadlines.size === 0 ? Infinity : Math.max(...this.#deadlines.values())
  }

  /**
   * Returns what awaits the writes of one stream. Once it has given one up, later ones are not even begun until
   * the reader has taken that one.
   */
  forStream(): AwaitWrite {
    let stuck = 0
    return async (begin) => {
      const isOver = this.#isOver()
      if (isOver && stuck > 0) throw this.#reason()
      const writing = begin()
      const state = { isSettled: false }
      const finalWriteUntil = isOver ? this.#world.now() + finalWriteMs : undefined
      const pending: Pending = { finalWriteUntil, giveUp: () => undefined }
      const givenUp = new Promise<never>((_, reject) => {
        pending.giveUp = reject
      })
      this.#pending.add(pending)
      this.#wait()
      try {
        await Promise.race([
          writing.finally(() => {
            state.isSettled = true
          }),
          givenUp,
        ])
      } catch (error) {
        if (!state.isSettled) {
          stuck += 1
          const taken = (): void => void (stuck -= 1)
          writing.then(taken, taken)
        }
        throw error
      } finally {
        this.#pending.delete(pending)
        if (this.#pending.size === 0) this.#cancelAlarm()
      }
    }
  }

  #isOver(): boolean {
    return this.#world.interrupted.aborted || this.deadline <= this.#world.now()
  }

  #reason(): Error {
    const { interrupted } = this.#world
    return interrupted.aborted
      ? (interrupted.reason as Error)
      : new WriteError(Object.assign(new Error('not taken'), { code: 'ETIMEDOUT' }))
  }

  #giveUp(each: Pending): void {
    this.#pending.delete(each)
    const reason = this.#reason()
    void thisTurn().then(() => {
      each.giveUp(reason)
    })
  }

  /** Gives up what is due, and sets the alarm for what is due next. */
  #wait(): void {
    this.#cancelAlarm()
    this.#cancelAlarm = () => undefined
    if (this.#pending.size === 0) return
    const now = this.#world.now()
    let next = Infinity
    for (const each of this.#pending) {
      const due = each.finalWriteUntil ?? this.deadline
      if (due <= now) this.#giveUp(each)
      else next = Math.min(next, due)
    }
    if (next !== Infinity)
      this.#cancelAlarm = this.#world.alarm(next - now, () => {
        this.#wait()
      })
  }
}
