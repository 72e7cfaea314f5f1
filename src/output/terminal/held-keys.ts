/** A key as readline emits it. */
interface Key {
  name?: string
}

/** Keys that were typed before the list that they belong to was shown. */
export interface HeldKeys {
  /** Loads choices; once they are there, what was typed during that is done. `signal` aborts when more is typed. */
  load<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>
  end(): void
}

const moving = ['up', 'down']
const choosing = ['return', 'enter']

/**
 * Holds Enter and the arrow keys that are typed while choices are loading, and emits them again afterwards: the library ignores them, and who types
 * ahead would wait for nothing. A letter that is typed behind them asks for another list, and they are dropped.
 * `shown` resolves once the library has shown choices that it was given.
 */
export function holdKeys(input: NodeJS.ReadableStream, shown: () => Promise<void>): HeldKeys {
  let isLoading = false
  let held: [text: string | undefined, key: Key][] = []
  const listen = (text: string | undefined, key: Key): void => {
    const name = key.name ?? ''
    if (!isLoading || ![...moving, ...choosing].includes(name)) held = []
    // What follows Enter is for the next question.
    else if (!held.some(([, { name: before = '' }]) => choosing.includes(before))) held.push([text, key])
  }
  input.on('keypress', listen)
  const replay = (): void => {
    const typed = held
    held = []
    for (const [text, key] of typed) input.emit('keypress', text, key)
  }
  return {
    async load(signal, task) {
      isLoading = true
      try {
        const choices = await task()
        if (!signal.aborted) void shown().then(replay, () => undefined)
        return choices
      } catch (error) {
        held = []
        throw error
      } finally {
        if (!signal.aborted) isLoading = false
      }
    },
    end() {
      held = []
      input.off('keypress', listen)
    },
  }
}
