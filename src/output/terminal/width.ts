import { graphemes, total } from './wide-text.ts'

/** Whether a text has only ASCII and the tree's marks (status-marks.ts), one column each. Most text is so. */
const isNarrow = (text: string): boolean => /^[ -~\u2713\u2717\u25b8\u25e6]*$/.test(text)

/** The width of a line in columns: CJK and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  if (isNarrow(text)) return text.length
  let sum = 0
  for (const { cells } of graphemes(text)) sum += total(cells)
  return sum
}

/** The longest beginning of a line that fits into `columns` columns. */
export function cutTo(text: string, columns: number): string {
  if (isNarrow(text)) return text.slice(0, Math.max(columns, 0))
  let kept = ''
  let left = columns
  for (const { grapheme, cells } of graphemes(text)) {
    left -= total(cells)
    // A joiner that joins nothing any more would be made visible.
    if (left < 0) return kept.replace(/[\u200c\u200d]+$/, '')
    kept += grapheme
  }
  return kept
}

/** The number of rows of a wrapped line. A cell of two columns is not split. */
export function rowsOf(text: string, columns: number): number {
  if (widthOf(text) <= columns) return 1
  let rows = 1
  let column = 0
  for (const { cells } of graphemes(text)) {
    for (const width of cells) {
      if (column + width > columns) {
        rows++
        column = 0
      }
      column += width
    }
  }
  return rows
}
