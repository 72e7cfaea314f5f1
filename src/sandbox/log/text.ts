/** A text that may be too long for memory: its length in bytes, and a way to read a range of them. */
export interface Text {
  length: number
  read(from: number, to: number): Buffer
}

/** A text in memory. */
export function held(text: string): Text {
  const bytes = Buffer.from(text)
  return { length: bytes.length, read: (from, to) => bytes.subarray(from, to) }
}

/** A text repeated a number of times. */
export function repeated(text: string, times: number): Text {
  const bytes = Buffer.from(text)
  return {
    length: bytes.length * times,
    read: (from, to) => {
      const first = from % bytes.length
      const count = Math.ceil((first + to - from) / bytes.length)
      return Buffer.concat(Array<Buffer>(count).fill(bytes)).subarray(first, first + to - from)
    },
  }
}

/** Several texts as one. */
export function joined(texts: readonly Text[]): Text {
  return {
    length: texts.reduce((sum, { length }) => sum + length, 0),
    read: (from, to) => {
      const pieces: Buffer[] = []
      let start = 0
      for (const text of texts) {
        const [first, last] = [Math.max(0, from - start), Math.min(text.length, to - start)]
        if (first < last) pieces.push(text.read(first, last))
        start += text.length
      }
      return Buffer.concat(pieces)
    },
  }
}

/** A range of a text. */
export function part(text: Text, from: number, to: number): Text {
  return { length: Math.max(0, to - from), read: (first, last) => text.read(from + first, from + last) }
}
