import { pipelineLife } from '../life/life.ts'
import { isEnd } from '../life/timeline.ts'
import type { Pipeline } from '../world/model.ts'
import type { Project } from '../world/projects.ts'
import { sourceBadge, triggerOf, variableNames } from './parts/origin.ts'
import { statusPill } from './parts/status.ts'
import { duration, moment } from './parts/times.ts'
import { below, pipelinePath } from './parts/view.ts'
import type { View } from './parts/view.ts'
import type { Html } from './shell/html.ts'
import { markup } from './shell/html.ts'
import type { Page } from './shell/page.ts'

/** How many pipelines the list shows. */
const most = 100

function row(view: View, pipeline: Pipeline): Html {
  const life = pipelineLife(pipeline, view)
  const { id, name, ref, sha, username, createdAt } = pipeline
  const trigger = triggerOf(pipeline)
  return markup`<tr id="pipeline-${id}">
    <td class="tight">${statusPill(life, true)}</td>
    <td>
      <a href="${pipelinePath(view, pipeline)}">#${id}</a>
      ${name !== null && markup`<bdi>${name}</bdi> `}${sourceBadge(pipeline)}${trigger && markup`<div class="small dim">by ${trigger}</div>`}
    </td>
    <td data-name="Ref">
      <code>${ref}</code> <span class="dim"><code>${sha.slice(0, 8)}</code></span>
    </td>
    <td data-name="Variables">${variableNames(pipeline)}</td>
    <td data-name="User"><bdi>${username}</bdi></td>
    <td data-name="Created" class="small">
      ${moment(createdAt)}
      <div class="dim">${durationOf(view, pipeline)}</div>
    </td>
  </tr>`
}

/** The newest pipelines of a project as a table. */
export function pipelineTable({ ...view }: View, project: Project, limit: number): Html {
  const found = view.world.pipelines.filter((pipeline) => pipeline.project === project).reverse()
  if (found.length === 0) {
    const tokens = below(view, project, 'settings/ci_cd')
    return markup`<p>There is no pipeline yet. <a href="${tokens}">How to trigger one</a></p>`
  }
  const columns = ['Status', 'Pipeline', 'Ref', 'Variables', 'User', 'Created']
  return markup`<table class="cards">
      <thead>
        <tr>
          ${columns.map((name) => markup`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${found.slice(0, limit).map((pipeline) => row(view, pipeline))}
      </tbody>
    </table>
    ${found.length > most && markup`<p class="dim">Only the newest ${most} pipelines are shown.</p>`}`
}

/** Whether a pipeline changes by itself. */
export function isMoving(view: View, pipeline: Pipeline): boolean {
  const { status } = pipelineLife(pipeline, view)
  return !isEnd(status) && status !== 'manual'
}

/** How long a pipeline has run; one that waits for a user does not run. */
export function durationOf(view: View, pipeline: Pipeline): string {
  const { startedAt, finishedAt, updatedAt } = pipelineLife(pipeline, view)
  return duration(startedAt, finishedAt ?? (isMoving(view, pipeline) ? view.now : updatedAt))
}

/** The pipelines of a project. */
export function pipelines(view: View, project: Project): Page {
  return {
    title: 'Pipelines',
    project,
    tab: 'pipelines',
    isMoving: view.world.pipelines.some((each) => each.project === project && isMoving(view, each)),
    body: markup`<h1>Pipelines</h1>
      ${pipelineTable(view, project, most)}`,
  }
}
