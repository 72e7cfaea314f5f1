import type { Context } from '../../core/context.ts'
import { escapeLine } from './escape.ts'
import type { Style } from './style.ts'
import { cutTo, widthOf } from './width.ts'

const dots = '...'

/** Cuts a text to `most` columns; a cut text ends in dots. */
function shortened(text: string, maxWidth: number): string {
  return widthOf(text) <= maxWidth ? text : cutTo(text, maxWidth - dots.length) + dots.slice(0, maxWidth)
}

/** One column of a table. */
export interface Column<Row> {
  head: string
  /** The text of a cell, for a terminal or for programs; '' if it is empty. */
  cell: (row: Row, isTerminal: boolean) => string
  /** The column may be cut if the terminal is narrow. */
  isFlexible?: true
}

/** Smallest width of a cut column. */
const minWidth = 8
const gap = '  '

/** Narrows the widest flexible column, step by step, until all columns fit; undefined where they cannot. */
function shrinkToFit(
  widths: number[],
  columns: readonly Column<never>[],
  maxWidth: number,
): number[] | undefined {
  const fitted = [...widths]
  const total = (): number => fitted.reduce((sum, width) => sum + width, 0) + gap.length * (fitted.length - 1)
  while (total() > maxWidth) {
    const flexible = fitted.map((width, at) => (columns[at]?.isFlexible ? width : 0))
    const widest = Math.max(...flexible)
    if (widest <= minWidth) return undefined
    fitted[flexible.indexOf(widest)] = widest - 1
  }
  return fitted
}

/** Rows below one another, each cell on a line of its own behind its heading: for a terminal in which no table fits. */
function stacked(
  cells: readonly (readonly string[])[],
  columns: readonly Column<never>[],
  maxWidth: number,
  style: Style,
): string {
  const headWidth = Math.max(...columns.map(({ head }) => head.length))
  const lineOf = ({ head, isFlexible }: Column<never>, cell: string): string => {
    if (cell === '-') return ''
    const isBeside = headWidth + gap.length + widthOf(cell) <= maxWidth
    if (isBeside) return `${style.faint(head.padEnd(headWidth))}${gap}${cell}\n`
    const text = isFlexible ? shortened(cell, Math.max(maxWidth - gap.length, minWidth)) : cell
    return `${style.faint(head)}\n${gap}${text}\n`
  }
  return cells.map((row) => columns.map((column, at) => lineOf(column, row[at] ?? '-')).join('')).join('\n')
}

/**
 * Formats rows as a table. On a terminal it has a heading, is aligned and fits the width, or each row becomes several lines; elsewhere each row
 * is a line with tabs between cells and `-` for an empty cell, for scripts.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  stdout: Pick<Context['stdout'], 'isTTY' | 'columns'>,
  style: Style,
): string {
  const cells = rows.map((row) => columns.map(({ cell }) => escapeLine(cell(row, stdout.isTTY)) || '-'))
  if (!stdout.isTTY) return cells.map((line) => `${line.join('\t')}\n`).join('')
  if (rows.length === 0) return ''
  const all = [columns.map(({ head }) => head), ...cells]
  const widths = columns.map((_, at) => Math.max(...all.map((line) => widthOf(line[at] ?? ''))))
  const maxWidth = stdout.columns || 80
  const fitted = shrinkToFit(widths, columns, maxWidth)
  if (!fitted) return stacked(cells, columns, maxWidth, style)
  const lines = all.map((line) =>
    line
      .map((cell, at) => {
        const cut = shortened(cell, fitted[at] ?? 0)
        return cut + ' '.repeat(Math.max(0, (fitted[at] ?? 0) - widthOf(cut)))
      })
      .join(gap)
      .trimEnd(),
  )
  return lines.map((line, at) => `${at === 0 ? style.faint(line) : line}\n`).join('')
}
