import { playsOf } from '../script/plays.ts'
import type { Project } from '../world/projects.ts'
import { facts } from './parts/form.ts'
import { below } from './parts/view.ts'
import type { View } from './parts/view.ts'
import { pipelineTable } from './pipelines.ts'
import { markup } from './shell/html.ts'
import type { Page } from './shell/page.ts'

/** How many pipelines the page of a project shows. */
const shown = 5

/** A project: what it is, its last pipelines, its refs and what a pipeline on each does. */
export function project(view: View, of: Project): Page {
  const members = Object.entries(of.members).map(
    ([name, role]) => markup`<li><bdi>${name}</bdi>, ${role}</li>`,
  )
  const refs = playsOf(view.world, of).map(
    ({ name, kind, plays }) =>
      markup`<tr>
        <td><code>${name}</code></td>
        <td data-name="Kind">${kind}</td>
        <td data-name="A pipeline on it">${plays}</td>
      </tr>`,
  )
  return {
    title: of.path,
    project: of,
    tab: '',
    body: markup`<h1>${of.path}</h1>
      ${facts([
        ['Project ID', of.id],
        ['Visibility', of.visibility],
        ['Default branch', markup`<code>${of.defaultBranch}</code>`],
        ['CI/CD', of.ci],
        ['Archived', of.archived && 'yes'],
      ])}
      <h2>Last pipelines</h2>
      ${pipelineTable(view, of, shown)}
      <p><a href="${below(view, of, 'pipelines')}">All pipelines</a></p>
      <h2>Branches and tags</h2>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Ref</th>
            <th scope="col">Kind</th>
            <th scope="col">A pipeline on it</th>
          </tr>
        </thead>
        <tbody>
          ${refs}
        </tbody>
      </table>
      <h2>Members</h2>
      <ul>
        ${members}
      </ul>`,
  }
}
