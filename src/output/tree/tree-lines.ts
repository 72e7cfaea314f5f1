import { kindOfJob, kinds } from './status-marks.ts'
import { fit } from './fit-rows.ts'
import { cutLine, lineWidth, type StyledLine } from '../terminal/styled-line.ts'
import { nodeLine } from './node-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import { nodesIn, type Node } from './tree.ts'

/** Where and when a tree is shown. */
export interface Sheet {
  /** Milliseconds since 1970, for the time of what still runs. */
  now: number
  pen: Glyphs
  columns: number
  /** How many lines there may be. */
  room: number
  /** Whether the page of each job that failed or waits for a person is named below it, beyond the room and never cut. */
  hasLinks: boolean
}

/** What has no line, as `12 more jobs: 9 success, 3 created`. */
function missing(roots: readonly Node[], shown: ReadonlySet<Node>, pen: Glyphs): string {
  const left = roots.flatMap(nodesIn).filter((node) => !shown.has(node))
  const jobs = left.flatMap(({ subject }) => (subject.what === 'job' ? subject.job : []))
  const pipelines = left.filter(({ subject }) => subject.what === 'pipeline').length
  const many = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count} more ${what}${count === 1 ? '' : 's'}`]
  const which = kinds.flatMap((kind) => {
    const count = jobs.filter((job) => kindOfJob(job) === kind).length
    return count === 0 ? [] : `${count} ${kind === 'warned' ? 'allowed to fail' : kind}`
  })
  const what = [...many(pipelines, 'pipeline'), ...many(jobs.length, 'job')].join(', ')
  return `${pen.end} ${what}${which.length === 0 ? '' : `: ${which.join(', ')}`}`
}

/** The page of a job where somebody has to look. */
function linkOf({ subject, kind }: Node, pen: Glyphs): string {
  const isWanted = kind === 'failed' || kind === 'warned' || kind === 'manual'
  return isWanted && subject.what === 'job' ? pen.say(subject.job.webUrl ?? '') : ''
}

function linesOf(
  node: Node,
  depth: number,
  nameWidth: number,
  shown: ReadonlySet<Node>,
  sheet: Sheet,
): StyledLine[] {
  const { now, pen, columns } = sheet
  const below = node.below.filter((each) => shown.has(each))
  const isFolded = node.below.length > 0 && below.length === 0
  const { name, rest } = nodeLine(node, isFolded, now, pen)
  const indent = Math.min(2 * depth, Math.floor(columns / 3))
  // A long name leaves half of the line to how it stands.
  const room = Math.max(columns - indent - lineWidth(rest), Math.floor((columns - indent) / 2))
  const short = cutLine(name, room, pen.end)
  const padding = rest.length === 0 ? 0 : Math.max(0, nameWidth - lineWidth(short))
  const line: StyledLine = [{ text: ' '.repeat(indent) }, ...short, { text: ' '.repeat(padding) }, ...rest]
  // The names of a stage's jobs are aligned as far as there is room for what comes after them.
  const isStage = node.subject.what === 'stage'
  const widest = (isStage ? below : [])
    .map((each) => lineWidth(nodeLine(each, false, now, pen).name))
    .reduce((most, width) => Math.max(most, Math.min(width, Math.floor(columns / 3))), 0)
  const link = sheet.hasLinks ? linkOf(node, pen) : ''
  return [
    cutLine(line, columns, pen.end),
    ...(link === '' ? [] : [[{ text: `${' '.repeat(indent + 2)}${link}`, tone: 'faint' } as const]]),
    ...below.flatMap((each) => linesOf(each, depth + 1, widest, shown, sheet)),
  ]
}

/** Trees as lines: all of them where there is room, else what matters most and a line that says what is missing. */
export function treeLines(roots: readonly Node[], sheet: Sheet): StyledLine[] {
  const shown = fit(roots, sheet.room)
  const lines = roots.filter((root) => shown.has(root)).flatMap((root) => linesOf(root, 0, 0, shown, sheet))
  const all = roots.flatMap(nodesIn).length
  if (shown.size === all || shown.size >= sheet.room) return lines
  const { columns, pen } = sheet
  return [...lines, cutLine([{ text: missing(roots, shown, pen), tone: 'faint' }], columns, pen.end)]
}
