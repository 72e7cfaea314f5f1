import type { Context } from '../../core/context.ts'
import { escapeLine } from './escape.ts'
import type { Style } from './style.ts'
import { cutTo, widthOf } from './width.ts'

const dots = '...'

/** A text that takes no more than `most` columns; one that was cut ends in dots. */
function shortened(text: string, most: number): string {
  return widthOf(text) <= most ? text : cutTo(text, most - dots.length) + dots.slice(0, most)
}

/** One column of a table. */
export interface Column<Row> {
  head: string
  /** The cell for people at a terminal, and for programs. '' where there is nothing. */
  cell: (row: Row, isForPeople: boolean) => string
  /** May be cut where the terminal is narrow. */
  isFlexible?: true
}

/** A cut column is not narrower than this. */
const narrowest = 8
const gap = '  '

/** Takes from the widest column that may be cut, one by one, until all fit. */
function fit(widths: number[], columns: readonly Column<never>[], most: number): number[] {
  const fitted = [...widths]
  const total = (): number => fitted.reduce((sum, width) => sum + width, 0) + gap.length * (fitted.length - 1)
  while (total() > most) {
    const flexible = fitted.map((width, at) => (columns[at]?.isFlexible ? width : 0))
    const widest = Math.max(...flexible)
    if (widest <= narrowest) break
    fitted[flexible.indexOf(widest)] = widest - 1
  }
  return fitted
}

/**
 * Rows as a table: at a terminal with a heading, aligned and no wider than it; elsewhere one line a row with tabs between the cells, and `-`
 * for an empty one, as scripts like it.
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
  const fitted = fit(widths, columns, stdout.columns || 80)
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
