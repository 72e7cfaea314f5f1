import type { Bottom, BottomLine, Context, OutputStream } from '../context.ts'

interface Painted {
  columns: number
  rows: number
  lines: readonly BottomLine[]
}

const nothing: Painted = { columns: 0, rows: 0, lines: [] }

const up = (rows: number): string => `\r${rows > 0 ? `\x1b[${rows}A` : ''}`

/** Takes rows away from the cursor down. Not by clearing them: some terminals keep what is cleared among what has scrolled away. */
const takeAway = (rows: number): string => `\x1b[${rows}M`

/** Without wrapping: a line that the terminal takes for longer than we do is cut by it, for one row more would spoil the count. */
const lay = (lines: readonly BottomLine[]): string =>
  lines.length === 0 ? '' : `\x1b[?7l${lines.map(({ text }) => `${text}\x1b[K\n`).join('')}\x1b[?7h`

/** The size of a terminal; the usual one where it says that it has none. */
export function sizeOf({ columns, rows }: Pick<OutputStream, 'columns' | 'rows'>): {
  columns: number
  rows: number
} {
  return { columns: columns || 80, rows: rows || 24 }
}

/** What a terminal keeps at its bottom. No write leaves the terminal in a state that is not its usual one. */
interface Screen {
  isEmpty(): boolean
  /** `text` as it is to be written, above the bottom. */
  above(text: string): string
  /** Takes the bottom away until the next repaint. */
  hide(): Promise<void>
  repaint(): Promise<void>
  keep(bottom: Bottom | undefined): Promise<void>
}

function screenOf(stream: OutputStream): Screen {
  let bottom: Bottom | undefined
  let painted = nothing
  let isStale = false
  let painting: Promise<void> | undefined

  const wanted = (): Painted => {
    const { columns, rows } = sizeOf(stream)
    if (!isStale && painted.columns === columns && painted.rows === rows) return painted
    return { columns, rows, lines: bottom?.(columns, rows) ?? [] }
  }
  /** How many rows the painted lines take from one of them on: a window that has become narrower has wrapped them. */
  const rowsFrom = (first: number): number => {
    const { columns } = sizeOf(stream)
    return painted.lines.slice(first).reduce((sum, line) => sum + line.rowsAt(columns), 0)
  }
  // What was typed meanwhile stands in the cursor's row, which goes too.
  const erase = (): string => {
    const rows = rowsFrom(0)
    return painted.lines.length === 0 ? '' : up(rows) + takeAway(rows + 1)
  }
  const paint = (next: Painted, first = 0): string => {
    painted = next
    isStale = false
    return lay(next.lines.slice(first))
  }
  /** What brings the bottom up to date: from the first line that has changed on, without a moment in which it is gone. */
  const update = (): string => {
    const next = wanted()
    const isResized = painted.columns !== next.columns || painted.rows !== next.rows
    if (isResized || next.lines.length === 0) return erase() + paint(next)
    const changed = next.lines.findIndex(({ text }, at) => text !== painted.lines[at]?.text)
    const first = changed < 0 ? next.lines.length : changed
    if (first === next.lines.length && first === painted.lines.length) return paint(next, first)
    const rows = rowsFrom(first)
    return up(rows) + paint(next, first) + takeAway(rows + 1)
  }
  const repaint = (): Promise<void> => {
    isStale = true
    // While the terminal takes nothing, repaints do not pile up.
    const settle = async (): Promise<void> => {
      while (isStale) await stream.write(update())
    }
    return (painting ??= settle().finally(() => {
      painting = undefined
    }))
  }
  return {
    isEmpty: () => painted.lines.length === 0,
    above(text) {
      const next = wanted()
      if (painted.lines.length === 0 && next.lines.length === 0) return text
      const end = text === '' || text.endsWith('\n') ? '' : '\n'
      return erase() + text + end + paint(next)
    },
    hide() {
      const text = erase()
      painted = nothing
      return stream.write(text)
    },
    repaint,
    keep(next) {
      bottom = next
      return repaint()
    },
  }
}

/**
 * The two streams, where a terminal on stderr can keep lines at its bottom, below whatever is written to either. What moves the cursor is written here and
 * nowhere else; the window may change its size at any time.
 */
export function withBottom({
  stdout,
  stderr,
  env,
}: Pick<Context, 'stdout' | 'stderr' | 'env'>): Pick<Context, 'stdout' | 'stderr'> {
  if (!stderr.isTTY || env['TERM'] === 'dumb') return { stdout, stderr }
  const screen = screenOf(stderr)
  const like = (
    stream: OutputStream,
    write: OutputStream['write'],
    writeBytes: OutputStream['writeBytes'],
  ): OutputStream => ({
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write,
    writeBytes,
  })
  const between = async (write: () => Promise<void>): Promise<void> => {
    if (screen.isEmpty()) return write()
    await screen.hide()
    try {
      await write()
    } finally {
      await screen.repaint()
    }
  }
  const above = (text: string): Promise<void> => stderr.write(screen.above(text))
  return {
    stdout: stdout.isTTY
      ? like(
          stdout,
          (text) => between(() => stdout.write(text)),
          (bytes) => between(() => stdout.writeBytes(bytes)),
        )
      : stdout,
    // A spread would take the size as it is now.
    stderr: Object.assign(
      like(stderr, above, (bytes) => above(bytes.toString())),
      { keepBelow: (bottom: Bottom | undefined) => screen.keep(bottom) },
    ),
  }
}
