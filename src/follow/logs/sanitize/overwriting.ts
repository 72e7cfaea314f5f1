/** In sanitized text: what comes replaces the line. */
export const overwrites = 0x0d
/** In sanitized text: the line before is gone over again. */
export const cursorUp = 0x0b

/** A control sequence marks at most this many lines above it. */
const mostLines = 100

const nothing = Buffer.alloc(0)
const replacedLine = Buffer.of(overwrites)
const linesAbove = Buffer.alloc(mostLines, cursorUp)

/** How many lines a control sequence moves the cursor up; 0 for any other one. */
function linesUp(sequence: string): number {
  const count = /^\x1b\[(\d*)[AF]$/.exec(sequence)?.[1]
  return count === undefined ? 0 : Math.min(mostLines, Math.max(1, Number(count)))
}

/**
 * What marks a control sequence that goes over lines again: a `cursorUp` for each line, or `overwrites`; empty for any
 * other sequence.
 */
export function overwritingMarks(sequence: string): Buffer {
  if (/^\x1b\[[12]K$/.test(sequence)) return replacedLine
  const up = linesUp(sequence)
  return up === 0 ? nothing : linesAbove.subarray(0, up)
}
