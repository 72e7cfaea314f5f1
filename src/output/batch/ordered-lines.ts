/** Lines that are printed in their order, each as soon as all before it are known. */
export interface OrderedLines {
  /** Whether the line of that number, from 0, is known already. */
  has(index: number): boolean
  /** The line of that number is known. Rejects where it, or one that had waited for it, cannot be written. */
  put(index: number, line: string): Promise<void>
}

/** Prints lines in their order with `write`. */
export function orderedLines(write: (text: string) => Promise<void>): OrderedLines {
  const waiting = new Map<number, string>()
  let next = 0
  let writing = Promise.resolve()
  return {
    has: (index) => index < next || waiting.has(index),
    put(index, line) {
      waiting.set(index, line)
      let text = ''
      for (let due = waiting.get(next); due !== undefined; due = waiting.get(next)) {
        text += due
        waiting.delete(next)
        next += 1
      }
      if (text === '') return Promise.resolve()
      writing = writing.catch(() => undefined).then(() => write(text))
      return writing
    },
  }
}
