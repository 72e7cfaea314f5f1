import stringWidth from 'string-width'

/** Whether a text has only ASCII and the tree's marks (status-marks.ts), one column each. Most text is so. */
const isNarrow = (text: string): boolean => /^[ -~\u2713\u2717\u25b8\u25e6]*$/.test(text)

/** The graphemes of a line and their widths. */
function* graphemes(text: string): Generator<{ grapheme: string; width: number }> {
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    yield { grapheme: segment, width: stringWidth(segment) }
  }
}

/** The width of a line in columns: CJK and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  if (isNarrow(text)) return text.length
  let sum = 0
  for (const { width } of graphemes(text)) sum += width
  return sum
}

/** The longest beginning of a line that fits into `columns` columns. */
export function cutTo(text: string, columns: number): string {
  if (isNarrow(text)) return text.slice(0, Math.max(columns, 0))
  let kept = ''
  let left = columns
  for (const { grapheme, width } of graphemes(text)) {
    left -= width
    if (left < 0) break
    kept += grapheme
  }
  return kept
}

/** The number of rows of a wrapped line. A grapheme of two columns is not split. */
export function rowsOf(text: string, columns: number): number {
  if (widthOf(text) <= columns) return 1
  let rows = 1
  let column = 0
  for (const { width } of graphemes(text)) {
    if (column + width > columns) {
      rows++
      column = 0
    }
    column += width
  }
  return rows
}
