import { Halt, message } from './answer.ts'
import type { Call } from './call.ts'
import { header, textParam } from './call.ts'
import type { Project } from './projects.ts'
import { atLeast } from './version.ts'
import { projectOf } from './world.ts'

/** Who reads. */
export type Reader =
  { kind: 'user'; may: 'all' | 'read' | 'report' } | { kind: 'job'; projects: number[] } | { kind: 'nobody' }

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
    if (known?.kind === 'api' && (byHeader !== undefined || modern)) return { kind: 'user', may: known.may }
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

/** The project of a reading call. A private one is hidden from those who may not read it. */
export function readableProject(call: Call, who: Reader): Project {
  const project = projectOf(call.world, call.path['id'] ?? '')
  if (project === undefined || !mayRead(who, project)) throw new Halt(message(404, '404 Project Not Found'))
  return project
}
