import { kindOfJob, statusClasses } from './status-marks.ts'
import { selectNodes } from './fit-rows.ts'
import { cutLine, lineWidth, type StyledLine } from '../terminal/styled-line.ts'
import { nodeLine } from './node-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import { nodesIn, type Node } from './tree.ts'

/** How to show a tree. */
export interface TreeOptions {
  /** The time in ms since 1970, for durations of running jobs. */
  now: number
  glyphs: Glyphs
  columns: number
  /** Largest number of lines. */
  maxLines: number
  /** Whether to show the URL below each of the first jobs that need attention. These lines are neither counted nor cut. */
  hasLinks: boolean
}

/** The line that counts what is not shown: `12 more jobs: 9 success, 3 created`. */
function missing(roots: readonly Node[], shown: ReadonlySet<Node>, glyphs: Glyphs): string {
  const left = roots.flatMap(nodesIn).filter((node) => !shown.has(node))
  const jobs = left.flatMap(({ subject }) => (subject.what === 'job' ? subject.job : []))
  const pipelines = left.filter(({ subject }) => subject.what === 'pipeline').length
  const countOf = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count} more ${what}${count === 1 ? '' : 's'}`]
  const which = statusClasses.flatMap((kind) => {
    const count = jobs.filter((job) => kindOfJob(job) === kind).length
    return count === 0 ? [] : `${count} ${kind === 'warned' ? 'allowed to fail' : kind}`
  })
  const what = [...countOf(pipelines, 'pipeline'), ...countOf(jobs.length, 'job')].join(', ')
  return `${glyphs.ellipsis} ${what}${which.length === 0 ? '' : `: ${which.join(', ')}`}`
}

/** The URL of a job that needs attention, else ''. */
function linkOf({ subject, kind }: Node, glyphs: Glyphs): string {
  const needsAttention = kind === 'failed' || kind === 'warned' || kind === 'manual'
  return needsAttention && subject.what === 'job' ? glyphs.printable(subject.job.webUrl ?? '') : ''
}

/** At most this many jobs get a line with their URL; of a flood of failures the names are enough. */
const mostLinks = 10

/** What of a tree is shown: nodes, and the URLs of some of them. */
interface Shown {
  nodes: ReadonlySet<Node>
  links: ReadonlySet<Node>
}

function linesOf(
  node: Node,
  depth: number,
  nameWidth: number,
  shown: Shown,
  options: TreeOptions,
): StyledLine[] {
  const { now, glyphs, columns } = options
  const below = node.below.filter((each) => shown.nodes.has(each))
  const isFolded = node.below.length > 0 && below.length === 0
  const { name, rest } = nodeLine(node, isFolded, now, glyphs)
  const indent = Math.min(2 * depth, Math.floor(columns / 3))
  // A long name leaves half of the line for the state.
  const maxNameWidth = Math.max(columns - indent - lineWidth(rest), Math.floor((columns - indent) / 2))
  const short = cutLine(name, maxNameWidth, glyphs.ellipsis)
  const padding = rest.length === 0 ? 0 : Math.max(0, nameWidth - lineWidth(short))
  const line: StyledLine = [{ text: ' '.repeat(indent) }, ...short, { text: ' '.repeat(padding) }, ...rest]
  // The names of a stage's jobs are aligned, up to a third of the width.
  const isStage = node.subject.what === 'stage'
  const widest = (isStage ? below : [])
    .map((each) => lineWidth(nodeLine(each, false, now, glyphs).name))
    .reduce((most, width) => Math.max(most, Math.min(width, Math.floor(columns / 3))), 0)
  const link = shown.links.has(node) ? linkOf(node, glyphs) : ''
  return [
    cutLine(line, columns, glyphs.ellipsis),
    ...(link === '' ? [] : [[{ text: `${' '.repeat(indent + 2)}${link}`, tone: 'faint' } as const]]),
    ...below.flatMap((each) => linesOf(each, depth + 1, widest, shown, options)),
  ]
}

/** The lines of trees: all if they fit, else the most important ones and a line that counts the rest. */
export function treeLines(roots: readonly Node[], options: TreeOptions): StyledLine[] {
  const shown = selectNodes(roots, options.maxLines)
  const nodes = roots.flatMap(nodesIn)
  const linked = nodes.filter((node) => shown.has(node) && linkOf(node, options.glyphs) !== '')
  const links = new Set(options.hasLinks ? linked.slice(0, mostLinks) : [])
  const lines = roots
    .filter((root) => shown.has(root))
    .flatMap((root) => linesOf(root, 0, 0, { nodes: shown, links }, options))
  const all = nodes.length
  if (shown.size === all || shown.size >= options.maxLines) return lines
  const { columns, glyphs } = options
  return [
    ...lines,
    cutLine([{ text: missing(roots, shown, glyphs), tone: 'faint' }], columns, glyphs.ellipsis),
  ]
}
