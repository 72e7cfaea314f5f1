import type { Style } from './style.ts'
import { cutTo, widthOf } from './width.ts'

/** A piece of a line, shown in one way. */
export interface TextSpan {
  text: string
  tone?: keyof Style
}

/** A line that can still be measured and cut: colours come last. */
export type StyledLine = readonly TextSpan[]

/** A line's text without colours. */
export function textOf(line: StyledLine): string {
  return line.map(({ text }) => text).join('')
}

/** How many columns a line takes: piece by piece, since most of them are ASCII and quick to measure. */
export function lineWidth(line: StyledLine): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0)
}

/** A line with its colours. */
export function painted(line: StyledLine, style: Style): string {
  return line.map(({ text, tone }) => (tone === undefined || text === '' ? text : style[tone](text))).join('')
}

/** A line in no more than so many columns; where something is missing it ends in `end`. */
export function cutLine(line: StyledLine, columns: number, end: string): StyledLine {
  if (lineWidth(line) <= columns) return line
  const tail = cutTo(end, columns)
  let left = columns - widthOf(tail)
  const kept: TextSpan[] = []
  for (const part of line) {
    const text = cutTo(part.text, left)
    kept.push({ ...part, text })
    if (text !== part.text) break
    left -= widthOf(text)
  }
  return [...kept, { text: tail }]
}
