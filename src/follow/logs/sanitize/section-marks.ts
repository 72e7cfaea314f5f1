/** Longest section mark in bytes; anything longer is text. */
export const maxMarkBytes = 300

/** A section mark without its carriage return, at the end of a text, as GitLab parses it. */
const completeMark = /section_(?:start|end):\d+:[\w.-]+(?:\[[^[\]\r\n]*\])?$/

/** The beginning of a section mark at the end of a text. */
const partialMark = /section_(?:start|end):\d*(?::[\w.-]*(?:\[[^[\]\r\n]*\]?)?)?$/

const openings = ['section_start:', 'section_end:']

/**
 * The length of the section mark, without its end (carriage return and "erase line"), that ends `line`; or 0.
 */
export function markLength(line: string): number {
  return completeMark.exec(line)?.[0].length ?? 0
}

/** The number of characters at the end of `line` that may become a section mark. */
export function partialMarkLength(line: string): number {
  const found = partialMark.exec(line)
  if (found) return found[0].length
  for (const opening of openings) {
    for (let length = Math.min(line.length, opening.length - 1); length > 0; length -= 1) {
      if (line.endsWith(opening.slice(0, length))) return length
    }
  }
  return 0
}

/** What a runner writes after a section mark: carriage return and "erase line". */
const erasedLine = Buffer.from('\r\x1b[0K')

/** Whether the carriage return at `at` ends a section mark; undefined if more bytes are needed. */
export function isErasedLine(bytes: Buffer, at: number, end: number): boolean | undefined {
  const length = Math.min(erasedLine.length, end - at)
  for (let index = 1; index < length; index += 1) {
    if (bytes[at + index] !== erasedLine[index]) return false
  }
  return length === erasedLine.length ? true : undefined
}
