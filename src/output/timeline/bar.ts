/** The cells of a bar, from the left: blank, queued and running; the rest is blank too. */
export interface BarCells {
  blank: number
  queued: number
  running: number
}

/** A span of time on an axis, in ms since 1970. */
export interface BarSpan {
  queuedAt: number | null
  startedAt: number | null
  until: number
}

/**
 * The cells of a span on an axis of `width` cells. What took any time, or has begun, has at least one cell; none is
 * ever outside of the axis.
 */
export function barCells(
  { queuedAt, startedAt, until }: BarSpan,
  axis: { from: number; to: number },
  width: number,
): BarCells {
  const length = Math.max(1, axis.to - axis.from)
  const cellOf = (at: number): number => Math.min(width, Math.max(0, ((at - axis.from) / length) * width))
  const begin = startedAt ?? until
  const first = Math.min(Math.max(0, width - 1), Math.floor(cellOf(queuedAt ?? begin)))
  const last = Math.min(width, Math.max(Math.ceil(cellOf(until)), first + 1))
  if (startedAt === null) return { blank: first, queued: last - first, running: 0 }
  const start = Math.min(Math.max(Math.floor(cellOf(startedAt)), first), Math.max(first, last - 1))
  return { blank: first, queued: start - first, running: last - start }
}
