import type { Pipeline } from '../../world/model.ts'
import type { Html } from '../shell/html.ts'
import { markup } from '../shell/html.ts'
import { pipelinePath } from './view.ts'
import type { View } from './view.ts'

/** What the sources of pipelines are called; `triggered` is GitLab's mark for those of a trigger token. */
const sources: Record<string, string> = {
  trigger: 'triggered',
  pipeline: 'multi-project pipeline',
  parent_pipeline: 'child pipeline',
  schedule: 'scheduled',
  api: 'API',
  web: 'web',
  push: 'push',
}

/** The source of a pipeline as a badge. */
export function sourceBadge({ source }: Pipeline): Html {
  const classes = source === 'trigger' ? 'badge triggered' : 'badge'
  return markup`<span class="${classes}">${sources[source] ?? source}</span>`
}

/** The token of a trigger as far as its owner's page shows it: its beginning. */
export function tokenStart(token: string): string {
  return `${token.slice(0, token.startsWith('glptt-') ? 10 : 4)}…`
}

/** Which trigger has caused a pipeline; undefined where none has. */
export function triggerOf({ trigger }: Pipeline): Html | undefined {
  if (trigger === undefined) return undefined
  const { description, id, token } = trigger
  return markup`<bdi>${description ?? `token ${id}`}</bdi> (<code>${tokenStart(token)}</code>)`
}

/** The pipeline that a downstream one comes from. */
export function parentOf(view: View, { parent }: Pipeline): Html | undefined {
  if (parent === undefined) return undefined
  const { pipeline, job } = parent
  return markup`<a href="${pipelinePath(view, pipeline)}">#${pipeline.id}</a> by <bdi>${job.name}</bdi>`
}

/** The names of a pipeline's variables. */
export function variableNames({ variables }: Pipeline): Html | undefined {
  if (variables.size === 0) return undefined
  return markup`<ul class="chips">
    ${[...variables.keys()].map((name) => markup`<li><code>${name}</code></li>`)}
  </ul>`
}

/** Variables and inputs: their names, and their values on request. */
export function valuesOf(pipeline: Pipeline): Html | undefined {
  const { variables, inputs, files } = pipeline
  const rows = [
    ...[...variables].map(([name, value]) => [name, files.has(name) ? 'file' : 'variable', value] as const),
    ...[...inputs].map(([name, value]) => [name, 'input', JSON.stringify(value)] as const),
  ]
  if (rows.length === 0) return undefined
  return markup`<h2>Variables and inputs</h2>
    ${variableNames(pipeline)}
    <details class="reveal">
      <summary>Reveal values</summary>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name, kind, value]) =>
              markup`<tr>
                <td data-name="Name"><code>${name}</code></td>
                <td data-name="Kind">${kind}</td>
                <td data-name="Value"><code>${value}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>`
}
