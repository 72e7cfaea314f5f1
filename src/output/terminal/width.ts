import stringWidth from 'string-width'

/** ASCII and the marks of the tree (kind.ts): nearly all that is measured, a column each. */
const isNarrow = (text: string): boolean => /^[ -~\u2713\u2717\u25b8\u25e6]*$/.test(text)

/** The letters of a line as people count them, each with its width. */
function* letters(text: string): Generator<{ letter: string; width: number }> {
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    yield { letter: segment, width: stringWidth(segment) }
  }
}

/** How many columns a line of text takes on a terminal, letter by letter: CJK and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  if (isNarrow(text)) return text.length
  let sum = 0
  for (const { width } of letters(text)) sum += width
  return sum
}

/** The longest beginning of a line that takes no more than so many columns. */
export function cutTo(text: string, columns: number): string {
  if (isNarrow(text)) return text.slice(0, Math.max(columns, 0))
  let kept = ''
  let left = columns
  for (const { letter, width } of letters(text)) {
    left -= width
    if (left < 0) break
    kept += letter
  }
  return kept
}

/** How many rows a line takes on a terminal that wraps it: a letter of two columns is not torn apart. */
export function rowsOf(text: string, columns: number): number {
  if (widthOf(text) <= columns) return 1
  let rows = 1
  let column = 0
  for (const { width } of letters(text)) {
    if (column + width > columns) {
      rows++
      column = 0
    }
    column += width
  }
  return rows
}
