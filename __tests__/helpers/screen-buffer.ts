/** A terminal that only knows what we write to one, and keeps every row. */
export interface ScreenBuffer {
  write(text: string): void
  /** All rows with something in them or below, without blanks at their ends. */
  rows(): string[]
}

const sequence = /^\x1b\[(\??)([\d;]*)([A-Za-z])/

/** An empty terminal of this size. Throws for what it does not know. */
export function screenBuffer(columns: number, height: number): ScreenBuffer {
  const lines: string[] = ['']
  let row = 0
  let column = 0
  let wraps = true
  const top = (): number => Math.max(0, lines.length - height)
  const nextRow = (): void => {
    row++
    if (row === lines.length) lines.push('')
  }
  const put = (char: string): void => {
    if (column === columns) {
      if (wraps) {
        nextRow()
        column = 0
      } else {
        column--
      }
    }
    const line = (lines[row] ?? '').padEnd(column)
    lines[row] = line.slice(0, column) + char + line.slice(column + 1)
    column++
  }
  const control = (mode: string, count: number, letter: string): void => {
    if (mode === '?' && count === 7) wraps = letter === 'h'
    else if (letter === 'A') row = Math.max(top(), row - count)
    else if (letter === 'K') lines[row] = (lines[row] ?? '').slice(0, column)
    else if (letter === 'M') lines.splice(row, count, ...(row + count >= lines.length ? [''] : []))
    else if (letter !== 'm') throw new Error(`unknown: ${mode}${count}${letter}`)
  }
  return {
    write(text) {
      for (let at = 0; at < text.length; at++) {
        const char = text[at] ?? ''
        const found = sequence.exec(text.slice(at, at + 10))
        if (found) {
          control(found[1] ?? '', Number(found[2] === '' ? 1 : found[2]), found[3] ?? '')
          at += found[0].length - 1
        } else if (char === '\r') {
          column = 0
        } else if (char === '\n') {
          nextRow()
          column = 0
        } else if (char >= ' ') {
          put(char)
        } else {
          throw new Error(`unknown: ${JSON.stringify(char)}`)
        }
      }
    },
    rows() {
      const all = lines.map((line) => line.trimEnd())
      while (all.at(-1) === '') all.pop()
      return all
    },
  }
}
