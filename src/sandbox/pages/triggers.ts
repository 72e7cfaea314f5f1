import { lastUsed } from '../tokens/keep.ts'
import type { TriggerToken } from '../tokens/trigger-token.ts'
import type { Project } from '../world/projects.ts'
import { has } from '../version/differences.ts'
import { button } from './parts/form.ts'
import { tokenStart } from './parts/origin.ts'
import { moment } from './parts/times.ts'
import { below, canAct } from './parts/view.ts'
import type { View } from './parts/view.ts'
import type { Html } from './shell/html.ts'
import { markup } from './shell/html.ts'
import type { Page } from './shell/page.ts'

/** Whole for their owner, who is `seed` here; of others the beginning. */
function tokenText({ owner, token }: TriggerToken): string {
  return owner === 'seed' ? token : tokenStart(token)
}

function revoke(view: View, trigger: TriggerToken): Html {
  const { id, project, description } = trigger
  const action = `${below(view, project, `triggers/${id}`)}/revoke`
  const name = description ?? `token ${id}`
  return markup`<details class="reveal">
    <summary aria-label="Revoke ${name}">Revoke</summary>
    <p class="small">Whatever uses this token can then trigger nothing more. This cannot be undone.</p>
    ${button(action, 'Revoke token', `Revoke the token ${name} now`, 'danger')}
  </details>`
}

function row(view: View, trigger: TriggerToken): Html {
  const { id, description, owner, expiresAt } = trigger
  const used = lastUsed(view.world, trigger)
  return markup`<tr id="trigger-${id}">
    <td><bdi>${description ?? markup`<span class="dim">no description</span>`}</bdi></td>
    <td data-name="Token"><code>${tokenText(trigger)}</code></td>
    <td data-name="Owner"><bdi>${owner}</bdi></td>
    <td data-name="Last used">${used === null ? markup`<span class="dim">never</span>` : moment(used)}</td>
    <td data-name="Expires">
      ${expiresAt === null ? markup`<span class="dim">never</span>` : moment(expiresAt)}
    </td>
    <td>${canAct(view) && revoke(view, trigger)}</td>
  </tr>`
}

function example(view: View, project: Project): string {
  const api = has(view.world.gitlab, 'v4') ? 'v4' : 'v3'
  const end = api === 'v4' ? 'pipeline' : 'builds'
  return `curl -X POST \\
     -F token=TOKEN \\
     -F ref=${project.defaultBranch} \\
     -F "variables[UPLOAD_TO_S3]=true" \\
     ${view.url}/api/${api}/projects/${project.id}/trigger/${end}`
}

/** The trigger tokens of a project: when each was last used, a form for a new one, and how to use them. */
export function triggers(view: View, project: Project): Page {
  const tokens = view.world.triggers.filter((trigger) => trigger.project === project)
  const columns = ['Description', 'Token', 'Owner', 'Last used', 'Expires', 'Action']
  return {
    title: 'Trigger tokens',
    project,
    tab: 'settings/ci_cd',
    body: markup`<h1>Trigger tokens</h1>
      <p>Whoever has a trigger token can start pipelines of this project, as the owner of the token.</p>
      ${tokens.length === 0 && markup`<p>There is no trigger token.</p>`}
      ${
        tokens.length > 0 &&
        markup`<table class="cards">
          <thead>
            <tr>
              ${columns.map((name) => markup`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${tokens.map((trigger) => row(view, trigger))}
          </tbody>
        </table>`
      }
      ${
        canAct(view) &&
        markup`<h2>Add a trigger token</h2>
          <form method="post" action="${below(view, project, 'triggers')}">
            <label>Description <input name="description" required maxlength="255" autocomplete="off" /></label>
            <button>Add trigger token</button>
          </form>`
      }
      <h2>Trigger a pipeline</h2>
      <pre tabindex="0" aria-label="Example">${example(view, project)}</pre>`,
  }
}
