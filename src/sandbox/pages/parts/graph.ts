import { jobLife, pipelineLife } from '../../life/life.ts'
import type { Life } from '../../life/life.ts'
import { latestJobs } from '../../life/lines.ts'
import type { Pipeline } from '../../world/model.ts'
import type { Html } from '../shell/html.ts'
import { markup } from '../shell/html.ts'
import { iconShapes, kindOf, wordFor } from './status.ts'
import type { View } from './view.ts'
import { jobPath, pipelinePath } from './view.ts'

/** In pixels. */
const box = { width: 176, height: 34, across: 44, down: 12, edge: 16, title: 30 }

interface Node {
  column: number
  row: number
  name: string
  /** A second, small line. */
  note?: string
  href: string
  life: Life
  isPipeline: boolean
  /** The row of the bridge in the column before that has started it; without one, all of the column before comes first. */
  from?: number
}

/** What fits into a box, of its letters; the whole text is in the title. */
function fitted(text: string, most: number): string {
  const letters = Array.from(text)
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}

const leftOf = (column: number): number => box.edge + column * (box.width + box.across)
const topOf = (row: number): number => box.title + box.edge + row * (box.height + box.down)
const middleOf = (row: number): number => topOf(row) + box.height / 2

function edge(
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  classes: string,
): Html {
  const half = (from[0] + to[0]) / 2
  return markup`<path
    class="${classes}"
    d="M${from[0]} ${from[1]}C${half} ${from[1]} ${half} ${to[1]} ${to[0]} ${to[1]}"
  ></path>`
}

/** A dashed line from a bridge to what it has started, in the gap below its row: it passes the jobs of the stages between. */
function detour(from: readonly [x: number, row: number], to: readonly [x: number, row: number]): Html {
  const [[x, row], [end, target]] = [from, to]
  const turn = box.across / 2
  const gap = topOf(row) + box.height + box.down / 2
  const out = `M${x} ${middleOf(row)}q${turn / 2} 0 ${turn / 2} ${turn / 2}V${gap - 4}q0 4 4 4`
  return markup`<path
    class="edge below"
    d="${out}H${end - turn}C${end - 4} ${gap} ${end - turn} ${middleOf(target)} ${end} ${middleOf(target)}"
  ></path>`
}

function nodeMarkup({ column, row, name, note, href, life, isPipeline }: Node): Html {
  const [x, y] = [leftOf(column), topOf(row)]
  const word = wordFor(life, isPipeline)
  const base = y + (note === undefined ? 21.5 : 16)
  return markup`<a class="job" href="${href}" aria-label="${name}: ${word}">
    <title>${name}: ${word}</title>
    <rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6"></rect>
    <g class="icon ${kindOf(life)}" transform="translate(${x + 9} ${y + 9})">${iconShapes(life)}</g>
    <text x="${x + 32}" y="${base}">${fitted(name, 18)}</text>
    ${note !== undefined && markup`<text class="note" x="${x + 32}" y="${y + 29}">${fitted(note, 20)}</text>`}
  </a>`
}

/** The pipelines that bridges have started, one column to the right of all stages. */
function downstreamNodes(view: View, pipeline: Pipeline, column: number): { node: Node; bridge: number }[] {
  const started = latestJobs(pipeline).filter(({ downstream }) => downstream !== undefined)
  return started.flatMap(({ id, downstream }, row) =>
    downstream === undefined
      ? []
      : [
          {
            bridge: id,
            node: {
              column,
              row,
              name: `#${downstream.id}`,
              note: downstream.project === pipeline.project ? 'child' : downstream.project.path,
              href: pipelinePath(view, downstream),
              life: pipelineLife(downstream, view),
              isPipeline: true,
            },
          },
        ],
  )
}

/** A pipeline as a graph: a column for each stage, and what it has started downstream. Its boxes are links. */
export function graph(view: View, pipeline: Pipeline): Html {
  const jobs = latestJobs(pipeline)
  const stages = [...new Set(jobs.map(({ stage }) => stage))]
  const columns = stages.map((stage) => jobs.filter((job) => job.stage === stage))
  const nodes = columns.flatMap((inside, column) =>
    inside.map((job, row): Node & { id: number } => {
      const life = jobLife(pipeline, job, view)
      return {
        id: job.id,
        column,
        row,
        name: job.name,
        href: jobPath(view, pipeline, job),
        life,
        isPipeline: false,
      }
    }),
  )
  const below = downstreamNodes(view, pipeline, stages.length)
  const titles = below.length > 0 ? [...stages, 'Downstream'] : stages
  const right = (column: number): number => leftOf(column) + box.width
  const between = nodes
    .filter(({ column }) => column > 0)
    .flatMap(({ column, row }) =>
      (columns[column - 1] ?? []).map((_, before) =>
        edge([right(column - 1), middleOf(before)], [leftOf(column), middleOf(row)], 'edge'),
      ),
    )
  const down = below.flatMap(({ node, bridge }) => {
    const from = nodes.find(({ id }) => id === bridge)
    if (from === undefined) return []
    return [detour([right(from.column), from.row], [leftOf(node.column), node.row])]
  })
  const width = leftOf(titles.length) - box.across + box.edge
  const height = topOf(Math.max(below.length, ...columns.map(({ length }) => length))) - box.down + box.edge
  return markup`<div class="graph" role="region" aria-label="Graph of the pipeline" tabindex="0">
    <svg
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      role="group"
      aria-label="Stages, jobs and downstream pipelines"
    >
      ${titles.map((title, column) => markup`<text class="stage" x="${leftOf(column)}" y="28">${fitted(title, 22)}</text>`)}
      ${between}${down} ${nodes.map(nodeMarkup)}${below.map(({ node }) => nodeMarkup(node))}
    </svg>
  </div>`
}
