import stringWidth from 'string-width'

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

/** The graphemes of a line, each with the widths of its cells in columns. */
export function* graphemes(text: string): Generator<{ grapheme: string; cells: number[] }> {
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    yield { grapheme: segment, cells: cellsOf(segment) }
  }
}

/** The sum of widths. */
export const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0)
