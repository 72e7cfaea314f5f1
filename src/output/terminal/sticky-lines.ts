import type { StickyLines, BottomLine, Context, OutputStream } from '../../core/context.ts'

interface Painted {
  columns: number
  rows: number
  lines: readonly BottomLine[]
}

const nothing: Painted = { columns: 0, rows: 0, lines: [] }

const up = (rows: number): string => `\r${rows > 0 ? `\x1b[${rows}A` : ''}`

/** Takes rows away from the cursor down. Not by clearing them: some terminals keep what is cleared among what has scrolled away. */
const takeAway = (rows: number): string => `\x1b[${rows}M`

/**
 * Colours of a log may still be on. Without wrapping: a line that the terminal takes for longer than we do is cut by it, for one row more would spoil
 * the count.
 */
const lay = (lines: readonly BottomLine[]): string =>
  lines.length === 0 ? '' : `\x1b[0m\x1b[?7l${lines.map(({ text }) => `${text}\x1b[K\n`).join('')}\x1b[?7h`

/** The size of a terminal; the usual one where it says that it has none. */
export function sizeOf({ columns, rows }: Pick<OutputStream, 'columns' | 'rows'>): {
  columns: number
  rows: number
} {
  return { columns: columns || 80, rows: rows || 24 }
}

/** Whether a line is left open by what was written: colours do not count. */
function leavesOpen(data: string | Buffer, wasOpen: boolean): boolean {
  const tail = typeof data === 'string' ? data.slice(-64) : data.subarray(-64).toString('latin1')
  const text = tail.replace(/\x1b\[[\d;:]*m/g, '')
  return text === '' ? wasOpen : !text.endsWith('\n')
}

/** What a terminal keeps at its bottom. No write leaves the terminal in a state that is not its usual one. */
interface Screen {
  /** What has to be written around something for it to stand above the bottom: that waits until a line is whole. */
  around(data: string | Buffer): { before: string; after: string }
  /** Takes the bottom away while something is written to the same terminal by another stream, then brings it back. */
  aside(data: string | Buffer, write: () => Promise<void>): Promise<void>
  keep(bottom: StickyLines | undefined): Promise<void>
}

function stickyScreen(stream: OutputStream): Screen {
  let bottom: StickyLines | undefined
  let painted = nothing
  let isLineOpen = false
  let isStale = false
  let painting: Promise<void> | undefined

  const wanted = (): Painted => {
    if (isLineOpen) return nothing
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
  const hide = (): string => {
    const text = erase()
    painted = nothing
    return text
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
    around(data) {
      isLineOpen = leavesOpen(data, isLineOpen)
      const next = wanted()
      return { before: erase(), after: paint(next) }
    },
    async aside(data, write) {
      // That the bottom cannot be painted is not the other stream's failure.
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

/** A stream that writes otherwise. Its size is asked for each time. */
function like(
  stream: OutputStream,
  { write, writeBytes }: Pick<OutputStream, 'write' | 'writeBytes'>,
): OutputStream {
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write,
    writeBytes,
  }
}

/**
 * The two streams, where a terminal on stderr can keep lines at its bottom, below whatever is written to either. What moves the cursor is written here and
 * nowhere else; the window may change its size at any time.
 */
export function withStickyLines({
  stdout,
  stderr,
  env,
}: Pick<Context, 'stdout' | 'stderr' | 'env'>): Pick<Context, 'stdout' | 'stderr'> {
  if (!stderr.isTTY || env['TERM'] === 'dumb') return { stdout, stderr }
  const screen = stickyScreen(stderr)
  const above = like(stderr, {
    write(text) {
      const { before, after } = screen.around(text)
      return stderr.write(before + text + after)
    },
    writeBytes(bytes) {
      const { before, after } = screen.around(bytes)
      const isBare = before === '' && after === ''
      return stderr.writeBytes(
        isBare ? bytes : Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]),
      )
    },
  })
  const beside = like(stdout, {
    write: (text) => screen.aside(text, () => stdout.write(text)),
    writeBytes: (bytes) => screen.aside(bytes, () => stdout.writeBytes(bytes)),
  })
  return {
    stdout: stdout.isTTY ? beside : stdout,
    // A spread would take the size as it is now.
    stderr: Object.assign(above, { keepBelow: (bottom: StickyLines | undefined) => screen.keep(bottom) }),
  }
}
