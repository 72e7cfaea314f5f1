/** In sanitized text: what comes replaces the line. */
export const overwrites = 0x0d
/** In sanitized text: the line before is gone over again. */
export const cursorUp = 0x0b

/** How many lines a control sequence moves the cursor up; 0 for any other one. */
function linesUp(sequence: string): number {
  const count = /^\x1b\[(\d*)[AF]$/.exec(sequence)?.[1]
  return count === undefined ? 0 : Math.min(100, Math.max(1, Number(count)))
}

/**
 * Writes what marks a control sequence that goes over lines again to position `at` of `out`: a `cursorUp` for each line, or `overwrites`; nothing for
 * any other sequence. Returns the new end.
 */
export function writeOverwriting(sequence: string, out: Buffer, at: number): number {
  const up = linesUp(sequence)
  if (up > 0) out.fill(cursorUp, at, at + up)
  else if (/^\x1b\[[12]K$/.test(sequence)) out[at++] = overwrites
  return at + up
}
