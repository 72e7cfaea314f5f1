import type { Glyphs } from '../terminal/glyphs.ts'
import { cutLine, lineWidth, type StyledLine, type TextSpan } from '../terminal/styled-line.ts'
import { keysOf } from '../../core/keys-of.ts'
import { chooseTargets } from './choose-targets.ts'
import { countText, progressLine } from './progress-bar.ts'
import type { TargetKind } from './tally.ts'
import { targetCells, type LineFacts, type TargetCells } from './target-line.ts'

/** What the lines of the table are made of. Times in ms. */
export interface TableFacts extends LineFacts {
  elapsedMs: number
  leftMs: number | undefined
}

/** With less room there is no line of headings. */
const roomForHeadings = 6
/** Of the width, names take so much at most. */
const mostForNames = 0.4
const gap = '  '

const headings: TargetCells = {
  mark: { text: ' ' },
  name: { text: 'Target', tone: 'faint' },
  state: { text: 'State', tone: 'faint' },
  id: { text: 'Pipeline', tone: 'faint' },
  queued: { text: 'Queued', tone: 'faint' },
  ran: { text: 'Run', tone: 'faint' },
}

const words: Readonly<Record<TargetKind, string>> = {
  moving: 'running',
  failed: 'failed',
  unseen: 'not finished in time',
  unknown: 'unknown',
  waiting: 'waiting',
  notStarted: 'not started',
  succeeded: 'succeeded',
  triggered: 'triggered',
  skipped: 'not triggered',
}

/** A cell of exactly this width: padded, or cut. */
function cell(span: TextSpan, width: number, glyphs: Glyphs): StyledLine {
  const missing = width - lineWidth([span])
  if (missing < 0) return cutLine([span], width, glyphs.ellipsis)
  return [span, { text: ' '.repeat(missing) }]
}

/** Puts the cells of all lines below one another. A state without a pipeline next to it takes the room of that too. */
function aligned(rows: readonly TargetCells[], columns: number, glyphs: Glyphs): StyledLine[] {
  const widest = (some: readonly TextSpan[]): number => Math.max(...some.map((each) => lineWidth([each])))
  const nameWidth = Math.min(widest(rows.map(({ name }) => name)), Math.floor(columns * mostForNames))
  const withId = rows.filter(({ id }) => id.text !== '')
  const ends = ['id', 'queued', 'ran'] as const
  const endWidths = ends.map((key) => widest([{ text: '' }, ...withId.map((each) => each[key])]))
  const endWidth = endWidths.reduce((sum, width) => sum + width + gap.length, 0)
  const left = columns - 2 - nameWidth - gap.length
  const stateWidth = Math.max(
    0,
    Math.min(widest([{ text: '' }, ...withId.map(({ state }) => state)]), left - endWidth),
  )
  return rows.map((row) => {
    const start: StyledLine = [row.mark, { text: ' ' }, ...cell(row.name, nameWidth, glyphs), { text: gap }]
    if (row.id.text === '') return [...start, ...cutLine([row.state], Math.max(left, 0), glyphs.ellipsis)]
    const end = ends.flatMap((key, at) => [{ text: gap }, ...cell(row[key], endWidths[at] ?? 0, glyphs)])
    return [...start, ...cell(row.state, stateWidth, glyphs), ...end]
  })
}

/** How many of each kind have no line: `+ 8,012 waiting, 1,923 succeeded`. */
function restText(counts: Readonly<Record<TargetKind, number>>): string {
  const some = keysOf(words).filter((kind) => counts[kind] > 0)
  return `+ ${some.map((kind) => `${countText(counts[kind])} ${words[kind]}`).join(', ')}`
}

/** The lines of the table for a window of this size, in which the last column and the last row stay empty. */
export function tableLines(facts: TableFacts, columns: number, rows: number): StyledLine[] {
  const { tally, glyphs, elapsedMs, leftMs } = facts
  const width = Math.max(columns - 1, 1)
  const last = progressLine(tally, { elapsedMs, leftMs }, width, glyphs)
  const room = rows - 2
  if (room < 0) return []
  const hasHeadings = room >= roomForHeadings
  const most = room - (hasHeadings ? 1 : 0)
  const isWhole = tally.all.length <= most
  const shown = chooseTargets(tally, isWhole ? most : most - 1)
  const left = { ...tally.counts }
  for (const each of shown) left[tally.countedAs(each)] -= 1
  const cells = shown.map((each) => targetCells(each, facts))
  const table = cells.length === 0 ? [] : aligned(hasHeadings ? [headings, ...cells] : cells, width, glyphs)
  const rest: StyledLine[] = isWhole || room === 0 ? [] : [[{ text: restText(left), tone: 'faint' }]]
  return [...table, ...rest, last].map((line) => cutLine(line, width, glyphs.ellipsis))
}
