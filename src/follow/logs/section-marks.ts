/** So long a section mark may be, in bytes; what is longer is text. */
export const longestMark = 300

/** A section mark up to its carriage return, at the end of a text, as GitLab itself reads it. */
const whole = /section_(?:start|end):\d+:[\w.-]+(?:\[[^[\]\r\n]*\])?$/

/** The same where more of it may come. */
const begun = /section_(?:start|end):\d*(?::[\w.-]*(?:\[[^[\]\r\n]*\]?)?)?$/

const openings = ['section_start:', 'section_end:']

/** The length of the section mark that a carriage return and an erased line would now complete at the end of `line`; 0 where there is none. */
export function markLength(line: string): number {
  return whole.exec(line)?.[0].length ?? 0
}

/** How many characters at the end of `line` may yet become a section mark. */
export function begunMarkLength(line: string): number {
  const found = begun.exec(line)
  if (found) return found[0].length
  for (const opening of openings) {
    for (let length = Math.min(line.length, opening.length - 1); length > 0; length -= 1) {
      if (line.endsWith(opening.slice(0, length))) return length
    }
  }
  return 0
}
