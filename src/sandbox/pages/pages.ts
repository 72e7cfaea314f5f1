import type { Answer } from '../http/answer.ts'
import { answer } from '../http/answer.ts'
import type { Project } from '../world/projects.ts'
import { act } from './act.ts'
import { home } from './home.ts'
import { job, jobLog } from './job.ts'
import type { View } from './parts/view.ts'
import { pipeline } from './pipeline.ts'
import { pipelines } from './pipelines.ts'
import { project } from './project.ts'
import { schedules } from './schedules.ts'
import { markup } from './shell/html.ts'
import { pageAnswer } from './shell/page.ts'
import type { Page } from './shell/page.ts'
import { triggers } from './triggers.ts'

/** A request for a page. */
export interface PageRequest {
  method: string
  /** Undecoded, without the prefix of the installation and the query. */
  path: string
  accept: string | undefined
  body: Buffer
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** The project whose path a path begins with, and the rest behind it, without the `-` that GitLab puts between them. */
function placeOf({ world }: View, path: string): { project: Project; rest: string } | undefined {
  const whole = (decoded(path) ?? '').replace(/\/+$/, '')
  const lower = whole.toLowerCase()
  const fitting = world.projects.filter((each) => `${lower}/`.startsWith(`/${each.path.toLowerCase()}/`))
  const [longest] = fitting.toSorted((one, other) => other.path.length - one.path.length)
  if (longest === undefined) return undefined
  const rest = whole.slice(longest.path.length + 2).replace(/^-\//, '')
  return { project: longest, rest: rest.replace(/^builds\b/, 'jobs') }
}

type Show = (view: View, of: Project, id: number) => Page | Answer | undefined

function foundJob(view: View, of: Project, id: number): Parameters<typeof job> | undefined {
  const inside = view.world.pipelines.filter((each) => each.project === of)
  const owner = inside.find(({ jobs }) => jobs.some((each) => each.id === id))
  const found = owner?.jobs.find((each) => each.id === id)
  return owner === undefined || found === undefined ? undefined : [view, owner, found]
}

/** Whatever a log holds, a browser shows it as text. */
function rawLog(...found: Parameters<typeof job>): Answer {
  const sent = answer(200, 'text/plain; charset=utf-8', '')
  const headers = { ...sent.headers, 'content-security-policy': "default-src 'none'; sandbox" }
  return { ...sent, headers, stream: jobLog(...found) }
}

const rows: readonly (readonly [path: RegExp, show: Show])[] = [
  [/^$()/, project],
  [/^pipelines$()/, pipelines],
  [
    /^pipelines\/(\d+)$/,
    (view, of, id) => {
      const found = view.world.pipelines.find((each) => each.project === of && each.id === id)
      return found && pipeline(view, found)
    },
  ],
  [
    /^jobs\/(\d+)$/,
    (view, of, id) => {
      const found = foundJob(view, of, id)
      return found && job(...found)
    },
  ],
  [
    /^jobs\/(\d+)\/raw$/,
    (view, of, id) => {
      const found = foundJob(view, of, id)
      return found && rawLog(...found)
    },
  ],
  [/^settings\/ci_cd$()/, triggers],
  [/^pipeline_schedules$()/, schedules],
]

function missing(of: Project): Page {
  const body = markup`<h1>Page not found</h1>
    <p>There is no such page in this project.</p>`
  return { title: 'Page not found', project: of, body, status: 404 }
}

/** Whether a path is one of the pages for people: `/` for a browser, and all that begins with the path of a project. */
export function isPage(view: View, request: Pick<PageRequest, 'method' | 'path' | 'accept'>): boolean {
  const { method, path, accept = '' } = request
  if (path === '/' || path === '') return method === 'GET' && /\btext\/html\b/.test(accept)
  return ['GET', 'HEAD', 'POST'].includes(method) && placeOf(view, path) !== undefined
}

/** The answer to a request for a page. */
export function answerPage(view: View, { method, path, body }: PageRequest): Answer {
  const place = placeOf(view, path)
  if (place === undefined) return pageAnswer(view, home(view))
  const { project: of, rest } = place
  if (method === 'POST') return act(view, of, rest, body) ?? pageAnswer(view, missing(of))
  const row = rows.find(([pattern]) => pattern.test(rest))
  const shown = row?.[1](view, of, Number(row[0].exec(rest)?.[1])) ?? missing(of)
  return 'body' in shown && 'title' in shown ? pageAnswer(view, shown) : shown
}
