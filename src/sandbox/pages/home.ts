import { pipelineLife } from '../life/life.ts'
import { markup } from './shell/html.ts'
import type { Page } from './shell/page.ts'
import { statusPill } from './parts/status.ts'
import { pipelinePath, projectPath } from './parts/view.ts'
import type { View } from './parts/view.ts'

/** The first page: all projects, each with its last pipeline. */
export function home(view: View): Page {
  const { projects, pipelines } = view.world
  const rows = projects.map((project) => {
    const last = pipelines.findLast((pipeline) => pipeline.project === project)
    const shown =
      last === undefined
        ? markup`<span class="dim">none yet</span>`
        : markup`<a href="${pipelinePath(view, last)}">#${last.id}</a>
            ${statusPill(pipelineLife(last, view), true)}`
    return markup`<tr id="project-${project.id}">
      <td>
        <a href="${projectPath(view, project)}"><bdi>${project.path}</bdi></a>
      </td>
      <td data-name="ID">${project.id}</td>
      <td data-name="Visibility">${project.visibility}</td>
      <td data-name="Last pipeline">${shown}</td>
    </tr>`
  })
  return {
    title: 'Projects',
    body: markup`<h1>Projects</h1>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Project</th>
            <th scope="col">ID</th>
            <th scope="col">Visibility</th>
            <th scope="col">Last pipeline</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
      <h2>For scripts</h2>
      <p>
        <a href="${view.prefix}/sandbox/requests">The requests seen so far</a>, as JSON.
        <a href="${view.prefix}/sandbox/version">What this version does</a> that the one before does not.
      </p>`,
  }
}
