import type { JobTimes, TimedPipeline } from '../../follow/timeline/timed-jobs.ts'
import { durationText, timestampText } from '../format/elapsed-time.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import type { Style } from '../terminal/style.ts'
import { cutLine, lineWidth, painted, type StyledLine } from '../terminal/styled-line.ts'
import { kindOfJob, toneOf } from '../tree/status-marks.ts'
import { barCells } from './bar.ts'
import { pathLines } from './path-text.ts'
import { criticalJobs, type Timeline } from './timeline.ts'

/** How to show a timeline; no bar is wider than `columns`. */
export interface TimelineOptions {
  columns: number
  glyphs: Glyphs
  style: Style
}

interface Row {
  depth: number
  name: string
  timed: JobTimes | null
}

function rowsOf({ jobs }: TimedPipeline, depth: number, glyphs: Glyphs): Row[] {
  return jobs.flatMap((timed): Row[] => {
    const { job, isReplaced, below } = timed
    const name = `${glyphs.printable(job.name ?? `job ${job.id}`)}${isReplaced ? ' (retried)' : ''}`
    const down = below ? rowsOf(below, depth + 1, glyphs) : []
    const head = below && { depth: depth + 1, name: `pipeline ${below.pipeline.id}`, timed: null }
    return [{ depth, name, timed }, ...(head ? [head, ...down] : [])]
  })
}

/** How long a job ran, or has been queued; its status where it has no time. */
function timeText({ job, startedAt, queuedAt, until }: JobTimes, glyphs: Glyphs): string {
  const from = startedAt ?? queuedAt
  return until === null || from === null ? glyphs.printable(job.status ?? '') : durationText(until - from)
}

const repeated = (glyphs: Glyphs, unicode: string, ascii: string, count: number): string =>
  (glyphs.isUnicode ? unicode : ascii).repeat(count)

function barOf(timed: JobTimes, axis: Timeline['axis'], width: number, glyphs: Glyphs): StyledLine {
  const { job, until } = timed
  if (until === null) return [{ text: ' '.repeat(width) }]
  const { blank, queued, running } = barCells({ ...timed, until }, axis, width)
  return [
    { text: ' '.repeat(blank) },
    { text: repeated(glyphs, '\u2591', '.', queued), tone: 'faint' },
    { text: repeated(glyphs, '\u2588', '#', running), ...toneOf(kindOfJob({ ...job, downstream: null })) },
    { text: ' '.repeat(width - blank - queued - running) },
  ]
}

const timeWidth = 9
const gap = '  '

/**
 * The text of a timeline: each job as a bar on one axis, those of the critical path marked, and the path summed in
 * words.
 */
export function timelineText(timeline: Timeline, { columns, glyphs, style }: TimelineOptions): string {
  const { root, axis, path } = timeline
  const rows = rowsOf(root, 0, glyphs)
  const critical = criticalJobs(path)
  const labels = rows.map(({ depth, name, timed }): StyledLine => {
    const isCritical = timed !== null && critical.has(timed)
    const text = `${' '.repeat(2 * Math.min(depth, 8))}${name}`
    return [{ text: isCritical ? '* ' : '  ' }, { text, ...(isCritical && { tone: 'strong' }) }]
  })
  const widest = Math.max(0, ...labels.map(lineWidth))
  const nameWidth = Math.min(widest, Math.floor(columns / 3))
  const width = Math.max(1, columns - nameWidth - timeWidth - 2 * gap.length)
  const bars = rows.map(({ timed }, at): StyledLine => {
    const label = cutLine(labels[at] ?? [], nameWidth, glyphs.ellipsis)
    const padding = { text: ' '.repeat(Math.max(0, nameWidth - lineWidth(label))) }
    if (timed === null) return label
    const bar = barOf(timed, axis, width, glyphs)
    return [
      ...label,
      padding,
      { text: gap },
      ...bar,
      { text: `${gap}${timeText(timed, glyphs)}`, tone: 'faint' },
    ]
  })
  const legend = `${repeated(glyphs, '\u2591', '.', 1)} queued  ${repeated(glyphs, '\u2588', '#', 1)} running  * critical path`
  const span = `${timestampText(axis.from)} to ${timestampText(axis.to)}`
  const head = `Timeline of ${durationText(axis.to - axis.from)}, ${span}`
  const lines: StyledLine[] = [
    [{ text: head, tone: 'strong' }],
    ...(rows.some(({ timed }) => timed !== null && timed.until !== null)
      ? [...bars, [{ text: legend, tone: 'faint' }] as StyledLine]
      : [[{ text: '  No job has started.' }]]),
  ]
  const drawn = lines.map((line) => painted(cutLine(line, columns, glyphs.ellipsis), style).trimEnd())
  return [...drawn, ...pathLines(timeline, { glyphs, columns }), ''].join('\n')
}
