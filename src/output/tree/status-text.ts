import type { OutputStream } from '../../core/context.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { cutLine, painted, type StyledLine } from '../terminal/styled-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import type { Style } from '../terminal/style.ts'
import { durationText, timestampText } from '../format/elapsed-time.ts'
import { treeLines } from './tree-lines.ts'
import { treeOf } from './tree.ts'

/** How to show the status; `columns` is Infinity if no line is to be cut. */
export interface StatusTextOptions {
  now: number
  glyphs: Glyphs
  style: Style
  columns: number
  /** Makes links; undefined if there are to be none. */
  link?: OutputStream['link']
}

/** The properties of a pipeline as labelled rows. */
function propertyRows(
  pipeline: Pipeline,
  variables: readonly string[] | null,
  now: number,
): [name: string, text: string][] {
  const { project, iid, sha, source, user, createdAt, webUrl } = pipeline
  const rows: [name: string, text: string | null][] = [
    ['project', iid === null ? project : `${project}, its pipeline #${iid}`],
    ['commit', sha],
    ['source', [source ?? [], user === null ? [] : `by ${user}`].flat().join(', ') || null],
    [
      'created',
      createdAt === null ? null : `${timestampText(createdAt)}, ${durationText(now - createdAt)} ago`,
    ],
    ['variables', variables && (variables.join(', ') || 'none')],
    ['page', webUrl],
  ]
  return rows.flatMap(([name, text]) => (text === null ? [] : [[name, text]]))
}

/**
 * The text of `status`: state, properties, names of variables (null if they cannot be read), and the whole
 * tree, with the URL of each job that failed or waits for a manual start.
 */
export function statusText(
  pipeline: Pipeline,
  variables: readonly string[] | null,
  options: StatusTextOptions,
): string {
  const { now, glyphs, style, columns, link } = options
  const [head = [], ...rest] = treeLines([treeOf(pipeline)], {
    now,
    glyphs,
    columns,
    maxLines: Infinity,
    hasLinks: true,
  })
  const rows = propertyRows(pipeline, variables, now).map(([name, text]): StyledLine => {
    const line: StyledLine = [
      { text: `  ${name.padEnd(9)} `, tone: 'faint' },
      { text: glyphs.printable(text) },
    ]
    return name === 'page' ? line : cutLine(line, columns, glyphs.ellipsis)
  })
  return [head, ...rows, ...rest].map((line) => `${painted(line, style, link)}\n`).join('')
}
