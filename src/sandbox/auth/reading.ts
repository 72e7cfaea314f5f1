import type { Answer } from '../http/answer.ts'
import { Halt, message, text } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { header, textParam } from '../http/call.ts'
import type { Project } from '../world/projects.ts'
import { atLeast } from '../version/version.ts'
import { formerlyAt, projectOf } from '../world/world.ts'

/** Who reads. */
export type Reader =
  | { kind: 'user'; may: 'all' | 'read' | 'report'; username: string }
  | { kind: 'job'; projects: number[] }
  | { kind: 'nobody' }

/** A call whose credential and project have been checked. */
export interface Reading {
  call: Call
  who: Reader
  project: Project
}

/** What a route asks of its reader. */
export type Needs = 'login' | 'login before 18.9' | 'project'

const unauthorized = (): Halt => new Halt(message(401, '401 Unauthorized'))

/** A personal token, wherever the version looks for one: `Authorization: Bearer` only on 18.9 (observed). */
function personalToken(call: Call): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(header(call, 'authorization') ?? '')?.[1]
  return header(call, 'private-token') ?? textParam(call, 'private_token') ?? bearer
}

function jobToken(call: Call): string | undefined {
  return header(call, 'job-token') ?? textParam(call, 'job_token')
}

/**
 * Who the credential of a call says it is; a bad one is 401 even where nobody would do (facts 4.3). A trigger token is
 * no credential. Job tokens count on 18.9, and only on routes that allow them.
 */
export function reader(call: Call, allowsJobs: boolean): Reader {
  const modern = atLeast(call.gitlab, '18.9')
  const personal = personalToken(call)
  if (personal !== undefined) {
    const byHeader = header(call, 'private-token') ?? textParam(call, 'private_token')
    const known = call.world.credentials.get(personal)
    if (known?.kind === 'api' && (byHeader !== undefined || modern)) {
      return { kind: 'user', may: known.may, username: known.username }
    }
    throw unauthorized()
  }
  const job = allowsJobs && modern ? jobToken(call) : undefined
  if (job === undefined) return { kind: 'nobody' }
  const found = call.world.credentials.get(job)
  if (found?.kind === 'job' && found.running) return { kind: 'job', projects: found.projects }
  throw unauthorized()
}

function mayRead(who: Reader, project: Project): boolean {
  if (who.kind === 'user' || project.visibility === 'public') return true
  return who.kind === 'job' && who.projects.includes(project.id)
}

/** Halts with 401 when a route wants a login and nobody has one. */
export function requireLogin(call: Call, who: Reader, needs: Needs): void {
  const wanted = needs === 'login' || (needs === 'login before 18.9' && !atLeast(call.gitlab, '18.9'))
  if (wanted && who.kind === 'nobody') throw unauthorized()
}

/** What is said of an old path: where to read, in plain text; to anything but GET, no (facts 2.7). */
function movedTo(call: Call, { id }: Project): Answer {
  if (call.method !== 'GET') return message(405, 'Non GET methods are not allowed for moved projects')
  const path = call.pathname.replace(/(\/projects\/)[^/]+/, `$1${id}`)
  const location = new URL(path, call.url).href
  const answer = text(301, `This resource has been moved permanently to ${location}`)
  return { ...answer, headers: { ...answer.headers, location } }
}

/** The project of a reading call. A private one is hidden from those who may not read it. */
export function readableProject(call: Call, who: Reader): Project {
  const id = call.path['id'] ?? ''
  const project = projectOf(call.world, id)
  const moved = project === undefined ? formerlyAt(call.world, id) : undefined
  if (moved !== undefined && mayRead(who, moved)) throw new Halt(movedTo(call, moved))
  if (project === undefined || !mayRead(who, project)) throw new Halt(message(404, '404 Project Not Found'))
  return project
}
