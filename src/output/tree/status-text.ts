import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { cutLine, painted, type StyledLine } from '../terminal/styled-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import type { Style } from '../terminal/style.ts'
import { durationText, momentText } from '../format/elapsed-time.ts'
import { treeLines } from './tree-lines.ts'
import { treeOf } from './tree.ts'

/** Where and when the status of a pipeline is shown; `columns` is Infinity where nothing is to be cut. */
export interface StatusSheet {
  now: number
  pen: Glyphs
  style: Style
  columns: number
}

/** What is known of a pipeline besides its jobs, by name. */
function facts(
  pipeline: Pipeline,
  variables: readonly string[] | null,
  now: number,
): [name: string, text: string][] {
  const { project, iid, sha, source, user, createdAt, webUrl } = pipeline
  const rows: [name: string, text: string | null][] = [
    ['project', iid === null ? project : `${project}, its pipeline #${iid}`],
    ['commit', sha],
    ['source', [source ?? [], user === null ? [] : `by ${user}`].flat().join(', ') || null],
    ['created', createdAt === null ? null : `${momentText(createdAt)}, ${durationText(now - createdAt)} ago`],
    ['variables', variables && (variables.join(', ') || 'none')],
    ['page', webUrl],
  ]
  return rows.flatMap(([name, text]) => (text === null ? [] : [[name, text]]))
}

/**
 * A pipeline at one look: how it stands, where it comes from, the names of its variables (null where they may not be read), and its whole tree; the page of each
 * job that failed or waits for a person below it.
 */
export function statusText(
  pipeline: Pipeline,
  variables: readonly string[] | null,
  sheet: StatusSheet,
): string {
  const { now, pen, style, columns } = sheet
  const [head = [], ...rest] = treeLines([treeOf(pipeline)], {
    now,
    pen,
    columns,
    room: Infinity,
    hasLinks: true,
  })
  const rows = facts(pipeline, variables, now).map(([name, text]): StyledLine => {
    const line: StyledLine = [{ text: `  ${name.padEnd(9)} `, tone: 'faint' }, { text: pen.say(text) }]
    return name === 'page' ? line : cutLine(line, columns, pen.end)
  })
  return [head, ...rows, ...rest].map((line) => `${painted(line, style)}\n`).join('')
}
