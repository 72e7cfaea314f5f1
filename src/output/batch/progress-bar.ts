import { durationText } from '../format/elapsed-time.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import type { StyledLine, TextSpan } from '../terminal/styled-line.ts'
import type { Tally } from './tally.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** An estimated duration, no more exact than it can be: `20s`, `4m`, `1h 30m`. */
export function roughDuration(ms: number): string {
  if (ms < minuteMs) return `${Math.max(1, Math.ceil(ms / 10_000)) * 10}s`
  if (ms < 1.5 * hourMs) return `${Math.round(ms / minuteMs)}m`
  const minutes = Math.round(ms / (10 * minuteMs)) * 10
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`
}

/** A number as `8,012`. */
export const countText = (count: number): string => count.toLocaleString('en-US')

/** In a narrower window there is no bar. */
const narrow = 50
const widest = 20

function bar(
  { all, counts: { succeeded, triggered, skipped, failed, notStarted } }: Tally,
  width: number,
  glyphs: Glyphs,
) {
  const cellsFor = (count: number): number => Math.floor((count / Math.max(all.length, 1)) * width)
  const allGood = succeeded + triggered + skipped
  const over = cellsFor(allGood + failed + notStarted)
  const good = Math.min(cellsFor(allGood), over)
  const [full, empty] = glyphs.isUnicode ? ['\u2588', '\u2591'] : ['#', '.']
  const spans: TextSpan[] = [
    { text: full.repeat(good), tone: 'good' },
    { text: full.repeat(over - good), tone: 'bad' },
    { text: empty.repeat(width - over), tone: 'faint' },
    { text: ' ' },
  ]
  return spans
}

/** The last line: a bar, `12 of 30 done, 4 running, 1 failed, 2m 10s, about 4m left`. Times in ms. */
export function progressLine(
  tally: Tally,
  times: { elapsedMs: number; leftMs: number | undefined },
  columns: number,
  glyphs: Glyphs,
): StyledLine {
  const { all, counts } = tally
  const { moving, succeeded, triggered, failed, notStarted, skipped } = counts
  const over = succeeded + triggered + failed + notStarted + skipped
  const part = (count: number, what: string): string => (count === 0 ? '' : `${countText(count)} ${what}`)
  const parts = [
    `${countText(over)} of ${countText(all.length)} done`,
    part(moving, 'running'),
    part(failed, 'failed'),
    part(notStarted, 'not started'),
    durationText(times.elapsedMs),
    times.leftMs === undefined ? '' : `about ${roughDuration(times.leftMs)} left`,
  ]
  return [
    ...(columns < narrow ? [] : bar(tally, Math.min(widest, Math.floor(columns / 4)), glyphs)),
    { text: parts.filter(Boolean).join(', '), tone: 'strong' },
  ]
}
