import type { BottomLine, OutputStream, StickyLines } from '../../core/context.ts'

interface Painted {
  columns: number
  rows: number
  lines: readonly BottomLine[]
}

const nothing: Painted = { columns: 0, rows: 0, lines: [] }

const up = (rows: number): string => `\r${rows > 0 ? `\x1b[${rows}A` : ''}`

/** Deletes rows from the cursor down. If they were only cleared, tmux would save them to the scrollback. */
const deleteRows = (rows: number): string => `\x1b[${rows}M`

/**
 * Writes lines. Resets colours first, since a log may have left some on. Line wrapping is off, so that every
 * line takes exactly one row.
 */
const paintLines = (lines: readonly BottomLine[]): string =>
  lines.length === 0 ? '' : `\x1b[0m\x1b[?7l${lines.map(({ text }) => `${text}\x1b[K\n`).join('')}\x1b[?7h`

/** The size of a terminal; 80 by 24 if it reports 0. */
export function terminalSize({ columns, rows }: Pick<OutputStream, 'columns' | 'rows'>): {
  columns: number
  rows: number
} {
  return { columns: columns || 80, rows: rows || 24 }
}

/** Whether the last line written lacks its line end, ignoring colours. */
function leavesOpen(data: string | Buffer, wasOpen: boolean): boolean {
  const tail = typeof data === 'string' ? data.slice(-64) : data.subarray(-64).toString('latin1')
  const text = tail.replace(/\x1b\[[\d;:]*m/g, '')
  return text === '' ? wasOpen : !text.endsWith('\n')
}

/** The lines kept at the bottom of a terminal. After each write the terminal is in its normal state. */
export interface StickyScreen {
  /** What to write around `data` to keep it above the bottom lines, which are hidden while a line is open. */
  wrap(data: string | Buffer): { before: string; after: string }
  /** Hides the bottom lines while another stream writes to the same terminal, then shows them again. */
  withBottomHidden(data: string | Buffer, write: () => Promise<void>): Promise<void>
  keep(bottom: StickyLines | undefined): Promise<void>
}

/** Creates the bottom lines of a terminal. */
export function stickyScreen(stream: OutputStream): StickyScreen {
  let bottom: StickyLines | undefined
  let painted = nothing
  let isLineOpen = false
  let isStale = false
  let painting: Promise<void> | undefined

  const wanted = (): Painted => {
    if (isLineOpen) return nothing
    const { columns, rows } = terminalSize(stream)
    if (!isStale && painted.columns === columns && painted.rows === rows) return painted
    return { columns, rows, lines: bottom?.(columns, rows) ?? [] }
  }
  /** The rows that the painted lines take from index `first` on; a narrower window has wrapped them. */
  const rowsFrom = (first: number): number => {
    const { columns } = terminalSize(stream)
    return painted.lines.slice(first).reduce((sum, line) => sum + line.rowsAt(columns), 0)
  }
  // Also delete the row of the cursor, which may hold typed text.
  const erase = (): string => {
    const rows = rowsFrom(0)
    return painted.lines.length === 0 ? '' : up(rows) + deleteRows(rows + 1)
  }
  const hide = (): string => {
    const text = erase()
    painted = nothing
    return text
  }
  const paint = (next: Painted, first = 0): string => {
    painted = next
    isStale = false
    return paintLines(next.lines.slice(first))
  }
  /** The update of the bottom lines from the first changed one on, without flicker. */
  const update = (): string => {
    const next = wanted()
    const isResized = painted.columns !== next.columns || painted.rows !== next.rows
    if (isResized || next.lines.length === 0) return erase() + paint(next)
    const changed = next.lines.findIndex(({ text }, at) => text !== painted.lines[at]?.text)
    const first = changed < 0 ? next.lines.length : changed
    if (first === next.lines.length && first === painted.lines.length) return paint(next, first)
    const rows = rowsFrom(first)
    return up(rows) + paint(next, first) + deleteRows(rows + 1)
  }
  const repaint = (): Promise<void> => {
    isStale = true
    // While the terminal is blocked, further repaints are merged into one.
    const settle = async (): Promise<void> => {
      while (isStale) await stream.write(update())
    }
    return (painting ??= settle().finally(() => {
      painting = undefined
    }))
  }
  return {
    wrap(data) {
      isLineOpen = leavesOpen(data, isLineOpen)
      const next = wanted()
      return { before: erase(), after: paint(next) }
    },
    async withBottomHidden(data, write) {
      // A failure to paint is not a failure of the other stream.
      if (painted.lines.length > 0) await stream.write(hide()).catch(() => undefined)
      try {
        await write()
      } finally {
        isLineOpen = leavesOpen(data, isLineOpen)
        if (bottom) await repaint().catch(() => undefined)
      }
    },
    keep(next) {
      bottom = next
      return repaint()
    },
  }
}
