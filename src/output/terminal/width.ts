import stringWidth from 'string-width'

/** ASCII and the marks of the tree (kind.ts): nearly all that is measured, a column each. */
const isNarrow = (text: string): boolean => /^[ -~\u2713\u2717\u25b8\u25e6]*$/.test(text)

/** Code points that stand in the cell of the one before them: marks, formats, vowels and final consonants of a Hangul syllable. */
const inCell = String.raw`\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7fb`

/** Emoji that stand there: what a joiner joins, a skin tone, the second half of a flag. */
const inEmoji = String.raw`(?<=\u200d)\p{ExtPict}|(?<=\p{ExtPict}\ufe0f?)\p{EMod}|(?<=\p{RI})\p{RI}`

const nextCell = new RegExp(`(?<=.)(?!${inEmoji})(?=[^${inCell}])`, 'su')

/**
 * The widths of the cells that a letter, as people count them, takes. A terminal gives a spacing mark, or the second consonant of a conjunct, a cell of
 * its own, and may begin a new row with it.
 */
function cellsOf(letter: string): number[] {
  return letter.split(nextCell).map((cell) => Math.min(stringWidth(cell), 2))
}

/** The letters of a line as people count them, each with its cells. */
function* letters(text: string): Generator<{ letter: string; cells: number[] }> {
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    yield { letter: segment, cells: cellsOf(segment) }
  }
}

const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0)

/** How many columns a line of text takes on a terminal, letter by letter: CJK and emoji take two, combining marks that do not space none. */
export function widthOf(text: string): number {
  if (isNarrow(text)) return text.length
  let sum = 0
  for (const { cells } of letters(text)) sum += total(cells)
  return sum
}

/** The longest beginning of a line that takes no more than so many columns. */
export function cutTo(text: string, columns: number): string {
  if (isNarrow(text)) return text.slice(0, Math.max(columns, 0))
  let kept = ''
  let left = columns
  for (const { letter, cells } of letters(text)) {
    left -= total(cells)
    if (left < 0) break
    kept += letter
  }
  return kept
}

/** How many rows a line takes on a terminal that wraps it: a cell of two columns is not torn apart. */
export function rowsOf(text: string, columns: number): number {
  if (widthOf(text) <= columns) return 1
  let rows = 1
  let column = 0
  for (const { cells } of letters(text)) {
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
