import { pipelineLife } from '../life/life.ts'
import type { Schedule } from '../world/model.ts'
import type { Project } from '../world/projects.ts'
import { button } from './parts/form.ts'
import { statusPill } from './parts/status.ts'
import { below, canAct, pipelinePath } from './parts/view.ts'
import type { View } from './parts/view.ts'
import type { Html } from './shell/html.ts'
import { markup } from './shell/html.ts'
import type { Page } from './shell/page.ts'

function row(view: View, schedule: Schedule): Html {
  const { id, description, ref, cron, zone, owner, active, variables, project } = schedule
  const last = schedule.pipelines.at(-1)
  const shown =
    last &&
    markup`<a href="${pipelinePath(view, last)}">#${last.id}</a> ${statusPill(pipelineLife(last, view), true)}`
  const play = button(
    below(view, project, `pipeline_schedules/${id}/play`),
    'Play',
    `Play ${description}`,
    'plain',
  )
  return markup`<tr id="schedule-${id}">
    <td><bdi>${description}</bdi> ${!active && markup`<span class="badge">inactive</span>`}</td>
    <td data-name="Cron"><code>${cron}</code> ${zone}</td>
    <td data-name="Ref"><code>${ref.replace(/^refs\/(heads|tags)\//, '')}</code></td>
    <td data-name="Variables">
      ${
        variables.size > 0 &&
        markup`<ul class="chips">
          ${[...variables.keys()].map((name) => markup`<li><code>${name}</code></li>`)}
        </ul>`
      }
    </td>
    <td data-name="Owner"><bdi>${owner}</bdi></td>
    <td data-name="Last pipeline">${shown ?? markup`<span class="dim">none</span>`}</td>
    <td>${canAct(view) && play}</td>
  </tr>`
}

/** The pipeline schedules of a project. Nothing is started by the clock here: a user plays them. */
export function schedules(view: View, project: Project): Page {
  const found = view.world.schedules.filter((schedule) => schedule.project === project)
  const columns = ['Description', 'Cron', 'Ref', 'Variables', 'Owner', 'Last pipeline', 'Action']
  return {
    title: 'Schedules',
    project,
    tab: 'pipeline_schedules',
    body: markup`<h1>Pipeline schedules</h1>
      ${found.length === 0 && markup`<p>There is no pipeline schedule. Create one with <code>POST /api/v4/projects/${project.id}/pipeline_schedules</code>.</p>`}
      ${
        found.length > 0 &&
        markup`<table class="cards">
            <thead>
              <tr>
                ${columns.map((name) => markup`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${found.map((schedule) => row(view, schedule))}
            </tbody>
          </table>
          <p class="dim">The sandbox starts no schedule at its time; a schedule runs when it is played.</p>`
      }`,
  }
}
