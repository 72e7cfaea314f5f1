import type { BatchReporter, TargetProgress } from '../../batch-events.ts'
import type { BottomLine, Context } from '../../core/context.ts'
import { glyphsFor } from '../terminal/glyphs.ts'
import { painted, textOf } from '../terminal/styled-line.ts'
import type { Style } from '../terminal/style.ts'
import { rowsOf } from '../terminal/width.ts'
import { estimateOf, type BatchLimits, type Estimate } from './estimate.ts'
import { tableLines } from './table-lines.ts'
import { tallyOf, type Tally } from './tally.ts'

/** Displayed times are updated so often, in ms. */
const tickMs = 1000
/** However much happens, the table is not drawn again before this many ms have passed. */
const pauseMs = 100

/**
 * Shows a batch on a terminal: a table of its targets stays at the bottom until the batch has ended; other output scrolls above. An event only updates counts; what
 * is shown is chosen when it is drawn.
 */
export function batchTable(context: Context, style: Style, limits: BatchLimits): BatchReporter {
  const { stderr } = context
  const glyphs = glyphsFor(context)
  const untils = new Map<string, number>()
  const limitOf = ({ server, project }: TargetProgress): number | undefined =>
    untils.get(`${server} ${project}`)
  let since = 0
  let known: { tally: Tally; estimate: Estimate } | undefined
  let drawnAt = -Infinity
  let isDue = false
  let stopAlarm = (): void => undefined

  let drawn: { columns: number; rows: number; lines: BottomLine[] } | undefined

  /** Each line that is written above asks for what is below it, which stays as it was drawn. */
  const bottom = (columns: number, rows: number): BottomLine[] => {
    if (drawn?.columns !== columns || drawn.rows !== rows)
      drawn = { columns, rows, lines: linesFor(columns, rows) }
    return drawn.lines
  }
  const linesFor = (columns: number, rows: number): BottomLine[] => {
    if (!known) return []
    const now = context.wallTime()
    const { tally, estimate } = known
    const facts = { tally, limitOf, now, glyphs, elapsedMs: now - since, leftMs: estimate.leftMs(now) }
    return tableLines(facts, columns, rows).map((line) => ({
      text: painted(line, style, stderr.link),
      rowsAt: (width) => rowsOf(textOf(line), width),
    }))
  }
  const setAlarm = (ms: number): void => {
    stopAlarm()
    stopAlarm = context.alarm(ms, draw)
  }
  const draw = (): void => {
    drawn = undefined
    drawnAt = context.now()
    isDue = false
    setAlarm(tickMs)
    // A failure to write messages must not change the exit code (docs/guarantees.md#T74).
    void stderr.keepBelow?.(bottom).catch(() => undefined)
  }
  const drawSoon = (): void => {
    if (isDue) return
    const waitMs = drawnAt + pauseMs - context.now()
    if (waitMs <= 0) {
      draw()
      return
    }
    isDue = true
    setAlarm(waitMs)
  }
  return async (event) => {
    if (event.type === 'planned') {
      const tally = tallyOf(event.targets)
      known = { tally, estimate: estimateOf(tally, limits) }
      since = event.now
      draw()
    }
    if (!known) return
    if (event.type === 'limited') {
      const { server, project, until } = event
      untils.set(`${server} ${project}`, until)
      known.estimate.limited(server, project, until)
      drawSoon()
    }
    if (event.type === 'told' || event.type === 'changed') {
      const change = known.tally.note(event.target)
      if (change) known.estimate[change](event.target)
      drawSoon()
    }
    if (event.type === 'finished') {
      known = undefined
      stopAlarm()
      await stderr.keepBelow?.(undefined).catch(() => undefined)
    }
  }
}
