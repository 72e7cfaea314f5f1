import type { Answer } from '../http/answer.ts'
import { answer } from '../http/answer.ts'
import { answerApi } from '../http/router.ts'
import type { Project } from '../world/projects.ts'
import { below } from './parts/view.ts'
import type { View } from './parts/view.ts'
import { markup } from './shell/html.ts'
import { pageAnswer } from './shell/page.ts'

/** A form: the call of the API that does what it says, and the page that is shown then. */
interface Act {
  /** The path of the form below the project. */
  path: RegExp
  method: 'POST' | 'DELETE'
  /** The path of the call below the project, and of the page, from the number in the form's path. */
  api: (id: string) => string
  next: (id: string) => string
}

const ofJob = (what: string): Act => ({
  path: new RegExp(`^jobs/(\\d+)/${what}$`),
  method: 'POST',
  api: (id) => `jobs/${id}/${what}`,
  next: (id) => `jobs/${id}`,
})

const ofPipeline = (what: string): Act => ({
  path: new RegExp(`^pipelines/(\\d+)/${what}$`),
  method: 'POST',
  api: (id) => `pipelines/${id}/${what}`,
  next: (id) => `pipelines/${id}`,
})

const acts: readonly Act[] = [
  ...['play', 'retry', 'cancel'].map(ofJob),
  ...['retry', 'cancel'].map(ofPipeline),
  { path: /^triggers$()/, method: 'POST', api: () => 'triggers', next: () => 'settings/ci_cd' },
  {
    path: /^triggers\/(\d+)\/revoke$/,
    method: 'DELETE',
    api: (id) => `triggers/${id}`,
    next: () => 'settings/ci_cd',
  },
  {
    path: /^pipeline_schedules\/(\d+)\/play$/,
    method: 'POST',
    api: (id) => `pipeline_schedules/${id}/play`,
    next: () => 'pipelines',
  },
]

/** The reason in an answer of the API. */
function reasonOf(refused: Answer): string {
  try {
    const { message, error } = JSON.parse(refused.body.toString()) as { message?: unknown; error?: unknown }
    const reason = message ?? error
    return typeof reason === 'string' ? reason : JSON.stringify(reason)
  } catch {
    return `answered ${refused.status}`
  }
}

/** A job that is played again, or retried, has a new number: its page is shown. */
function numberIn(done: Answer): string | undefined {
  try {
    const { id } = JSON.parse(done.body.toString()) as { id?: unknown }
    return typeof id === 'number' ? String(id) : undefined
  } catch {
    return undefined
  }
}

/** Carries a form out, as the user `seed` by the API; undefined where there is no such form. */
export function act(view: View, project: Project, rest: string, body: Buffer): Answer | undefined {
  const found = acts.find(({ path }) => path.test(rest))
  if (found === undefined) return undefined
  const id = found.path.exec(rest)?.[1] ?? ''
  const done = answerApi({
    world: view.world,
    url: view.url,
    method: found.method,
    path: `/api/v4/projects/${project.id}/${found.api(id)}`,
    prefix: view.prefix,
    query: '',
    headers: {
      'private-token': view.world.tokens.api,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body,
    now: view.now,
    paceMs: view.paceMs,
    jobsAfterPolls: 0,
  })
  if (done.status >= 400) {
    const back = below(view, project, found.next(id))
    const page = markup`<h1>GitLab refuses this</h1>
      <p class="notice">${done.status}: ${reasonOf(done)}</p>
      <p><a href="${back}">Back</a></p>`
    return pageAnswer(view, { title: 'Refused', project, body: page, status: done.status })
  }
  const next = found.next(rest.startsWith('jobs/') ? (numberIn(done) ?? id) : id)
  const moved = answer(303, '', '')
  return { ...moved, headers: { location: below(view, project, next) } }
}
