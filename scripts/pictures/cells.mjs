/** The classes of a cell: its colour (`c1` to `c7`, as terminals count them), bold, dim, underlined. */
function classesOf(cell) {
  const colour = cell.isFgPalette() ? cell.getFgColor() % 8 : 0
  return [
    colour > 0 && `c${colour}`,
    cell.isBold() && 'b',
    cell.isDim() && 'd',
    cell.isUnderline() && 'u',
  ].filter(Boolean)
}

/** The rows of a terminal's window; each is a list of cells with their text and classes. */
export function screenRows({ buffer: { active }, rows, cols }) {
  return Array.from({ length: rows }, (_, at) => {
    const line = active.getLine(active.viewportY + at)
    return Array.from({ length: cols }, (_, column) => {
      const cell = line.getCell(column)
      return { text: cell.getChars() || ' ', classes: classesOf(cell).join(' ') }
    })
  })
}

/** The text of a row without blanks at its end. */
export const textOf = (row) =>
  row
    .map(({ text }) => text)
    .join('')
    .trimEnd()

/**
 * The parts of a row that are drawn at a place of their own: of one style, without gaps of two blanks or more, and symbols apart from words, since
 * another font may have them with another width.
 */
export function runsOf(row) {
  const runs = []
  row.forEach(({ text, classes }, column) => {
    const last = runs.at(-1)
    const kind = text > '~' ? 'symbol' : 'word'
    const isNext =
      last && last.classes === classes && (last.kind === kind || text === ' ') && !last.text.endsWith('  ')
    if (isNext) last.text += text
    else if (text !== ' ') runs.push({ column, text, classes, kind })
  })
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() }))
}
