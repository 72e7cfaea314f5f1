import type { OutputStream } from '../../core/context.ts'
import type { Style } from './style.ts'
import { cutTo, widthOf } from './width.ts'

/** A part of a line with one style. */
export interface TextSpan {
  text: string
  tone?: keyof Style
  /** The page that it names. */
  url?: string | null
}

/** A line before colours are added, so that it can be measured and cut. */
export type StyledLine = readonly TextSpan[]

/** The text of a line without colours. */
export function textOf(line: StyledLine): string {
  return line.map(({ text }) => text).join('')
}

/** The width of a line in columns. Measuring by parts is faster, since most are ASCII. */
export function lineWidth(line: StyledLine): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0)
}

/** The text of a line with colours, and with links where the stream shows them (`link`). */
export function painted(line: StyledLine, style: Style, link?: OutputStream['link']): string {
  return line
    .map(({ text, tone, url }) => {
      if (text === '') return text
      const colored = tone === undefined ? text : style[tone](text)
      return link && typeof url === 'string' ? link(colored, url) : colored
    })
    .join('')
}

/** Cuts a line to `columns` columns; a cut line ends in `end`. */
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
