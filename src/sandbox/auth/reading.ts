import type { Answer } from '../http/answer.ts'
import { Halt, message, text } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { has } from '../version/differences.ts'
import type { Project } from '../world/projects.ts'
import { formerlyAt, projectOf } from '../world/world.ts'
import type { Ability, Reader } from './abilities.ts'
import { can } from './abilities.ts'
import { unauthorized } from './tokens.ts'

/** A call whose credential and project have been checked. */
export interface Reading {
  call: Call
  who: Reader
  project: Project
}

/**
 * When a route asks for a login: before it reads the parameters, after, only in old versions, or never.
 */
export type Needs = 'login first' | 'login' | 'login before 18.9' | 'nothing'

/** Halts with 401 when a route requires a login and there is none. */
export function requireLogin(call: Call, who: Reader, needs: Needs): void {
  const isOptional =
    needs === 'nothing' || (needs === 'login before 18.9' && has(call.gitlab, 'anonymousReads'))
  if (!isOptional && who.kind === 'nobody') throw unauthorized()
}

/** The plain `403 Forbidden`, or with a reason. */
export function forbidden(reason?: string): Halt {
  return new Halt(message(403, reason === undefined ? '403 Forbidden' : `403 Forbidden - ${reason}`))
}

/** Halts with 403 unless the reader has an ability in the project. */
export function authorize({ who, project }: Reading, ability: Ability): void {
  if (!can(who, ability, project)) throw forbidden()
}

/** What is said of an old path: where to read, in plain text; to anything but GET, no (docs/gitlab.md#2.7). */
function movedTo(call: Call, { id }: Project): Answer {
  if (call.method !== 'GET') return message(405, 'Non GET methods are not allowed for moved projects')
  const path = call.pathname.replace(/(\/projects\/)[^/]+/, `$1${id}`)
  const location = new URL(path, call.url).href
  const answer = text(301, `This resource has been moved permanently to ${location}`)
  return { ...answer, headers: { ...answer.headers, location } }
}

/** What is said of a project that may not be read: nothing, but a job gets the reason. */
function hidden(call: Call, who: Reader, project: Project | undefined): Halt {
  const from = who.kind === 'job' ? projectOf(call.world, String(who.project)) : undefined
  if (project === undefined || from === undefined) return new Halt(message(404, '404 Project Not Found'))
  const name = from.path.split('/').at(-1) ?? ''
  return forbidden(`Authentication by CI/CD job token not allowed from ${name} to project #${project.id}.`)
}

/** The project of a reading call. A private one is hidden from those who may not read it. */
export function readableProject(call: Call, who: Reader): Project {
  const id = call.path['id'] ?? ''
  const project = projectOf(call.world, id)
  const moved = project === undefined ? formerlyAt(call.world, id) : undefined
  const found = project ?? moved
  if (found === undefined || !can(who, 'read_project', found)) throw hidden(call, who, found)
  if (moved !== undefined) throw new Halt(movedTo(call, moved))
  return found
}
