import stringWidth from 'string-width'

/** Whether a text has only ASCII and the tree's marks (status-marks.ts), one column each. Most text is so. */
const isNarrow = (text: string): boolean => /^[ -~\u2713\u2717\u25b8\u25e6]*$/.test(text)

/**
 * Code points in the cell of the one before: marks, format characters, Hangul vowels and final consonants.
 */
const inCell = String.raw`\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7fb`

/** Emoji in the cell of the previous one: after a joiner, a skin tone, the second half of a flag. */
const inEmoji = String.raw`(?<=\u200d)\p{ExtPict}|(?<=\p{ExtPict}\ufe0f?)\p{EMod}|(?<=\p{RI})\p{RI}`

const nextCell = new RegExp(`(?<=.)(?!${inEmoji})(?=[^${inCell}])`, 'su')

/**
 * The widths of the cells of a grapheme. Terminals give a spacing mark, or the second consonant of a
 * conjunct, its own cell and may wrap before it.
 */
function cellsOf(grapheme: string): number[] {
  return grapheme.split(nextCell).map((cell) => Math.min(stringWidth(cell), 2))
}

/** The graphemes of a line with their cells. */
function* graphemes(text: string): Generator<{ grapheme: string; cells: number[] }> {
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    yield { grapheme: segment, cells: cellsOf(segment) }
  }
}

const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0)

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
