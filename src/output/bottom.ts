import type { Bottom, BottomLine, Context, OutputStream } from '../context.ts'

interface Painted {
  columns: number
  rows: number
  lines: readonly BottomLine[]
}

const nothing: Painted = { columns: 0, rows: 0, lines: [] }

/** Without wrapping: a line that the terminal takes for longer than we do is cut by it, for one row more would spoil the count. */
const unwrapped = (lines: readonly BottomLine[]): string =>
  lines.length === 0 ? '' : `\x1b[?7l${lines.map(({ text }) => `${text}\n`).join('')}\x1b[?7h`

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
  // Where the window has become narrower, it has wrapped what was painted before.
  const erase = (from: number): string => {
    if (painted.lines.length === 0) return ''
    const { columns } = sizeOf(stream)
    const rows = painted.lines.slice(from).reduce((sum, line) => sum + line.rowsAt(columns), 0)
    return `\r${rows > 0 ? `\x1b[${rows}A` : ''}\x1b[J`
  }
  const paint = (from: number, next: Painted): string => {
    painted = next
    isStale = false
    return unwrapped(next.lines.slice(from))
  }
  /** What brings the bottom up to date, from the first line that has changed; '' where none has. */
  const update = (): string => {
    const next = wanted()
    const isResized = painted.columns !== next.columns || painted.rows !== next.rows
    const changed = next.lines.findIndex(({ text }, at) => text !== painted.lines[at]?.text)
    const from = isResized ? 0 : changed < 0 ? next.lines.length : changed
    const isSame = from === next.lines.length && from === painted.lines.length
    return (isSame ? '' : erase(from)) + paint(from, next)
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
      return erase(0) + text + end + paint(0, next)
    },
    hide() {
      const text = erase(0)
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
