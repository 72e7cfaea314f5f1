import type { PathKind, PathPart } from '../../follow/timeline/critical-path.ts'
import { durationText } from '../format/elapsed-time.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import { hangingLines, wrapWords } from '../terminal/wrap-words.ts'
import type { Timeline } from './timeline.ts'

/** How the words are laid out. */
interface PathOptions {
  columns: number
  glyphs: Glyphs
}

/** What each kind of part is, in words, in the order of the text. */
const words: Readonly<Record<PathKind, string>> = {
  running: 'jobs ran',
  queued: 'jobs were queued',
  waiting: 'waited for a stage, needs, a delay or manual action',
  manual: 'waiting for manual action',
}

const kinds = Object.keys(words) as PathKind[]

/** At most this many parts of a kind are named, the longest first. */
const mostNamed = 3

function nameOf({ kind, timed }: PathPart, glyphs: Glyphs): string {
  const name = timed === null ? 'the end' : glyphs.printable(timed.job.name ?? `job ${timed.job.id}`)
  return kind === 'running' || kind === 'queued' ? name : `before ${name}`
}

function kindLines(
  kind: PathKind,
  { path, sums }: Timeline,
  total: number,
  { glyphs, columns }: PathOptions,
): string[] {
  const parts = path.filter((part) => part.kind === kind)
  const longest = [...parts].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostNamed)
  const named = longest.map((part) => `${nameOf(part, glyphs)} ${durationText(part.to - part.from)}`)
  const more = parts.length > mostNamed ? [`${parts.length - mostNamed} more`] : []
  const share = `${Math.round((100 * sums[kind]) / total)}%`
  const heading = `  ${durationText(sums[kind]).padStart(8)} ${share.padStart(4)}  `
  const text = `${words[kind]} (${[...named, ...more].join(', ')})`
  return hangingLines(heading, text, { isTTY: true, columns })
}

/** The critical path in words, and what its time went to; a line for each kind of part, whose sum is the whole. */
export function pathLines(timeline: Timeline, { glyphs, columns }: PathOptions): string[] {
  const { path, sums, root, hidden } = timeline
  const total = root.until - root.since
  const names = path
    .filter(({ kind }) => kind === 'running')
    .map(({ timed }) => glyphs.printable(timed?.job.name ?? `job ${timed?.job.id ?? ''}`))
  const untold =
    root.jobs.some(({ startedAt }) => startedAt !== null) &&
    root.jobs.every(({ queuedAt }) => queuedAt === null)
  return [
    ...(names.length === 0 ? [] : wrapWords(`Critical path: ${names.join(` ${glyphs.arrow} `)}`, columns)),
    ...(total === 0 ? [] : [`Of ${durationText(total)}:`]),
    ...kinds
      .filter((kind) => sums[kind] > 0)
      .flatMap((kind) => kindLines(kind, timeline, total, { glyphs, columns })),
    ...(untold ? ['This GitLab does not report how long jobs were queued.'] : []),
    ...(hidden === '' ? [] : [`Jobs that were retried are not shown: ${glyphs.printable(hidden)}`]),
  ]
}
