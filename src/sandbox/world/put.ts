import type { GitRef, NewProject, Project } from './projects.ts'
import { newProject, newRef } from './projects.ts'
import { addToken } from '../tokens/keep.ts'
import type { TokenPlan } from '../tokens/keep.ts'
import type { PersonalToken } from './credentials.ts'
import { personalToken } from './credentials.ts'
import type { World } from './model.ts'
import { personalTokenText } from './seeds.ts'
import { projectOf } from './world.ts'

/**
 * A trigger token that another user created; the defaults are those of one of `seed` in project 9, created
 * now.
 */
export type TokenRequest = Partial<Omit<TokenPlan, 'project'>> & { project?: number }

/** The project of a number. Throws a RangeError for one that does not exist. */
export function projectNumbered(world: World, id: number): Project {
  const project = projectOf(world, String(id))
  if (project === undefined) throw new RangeError(`the sandbox has no project ${id}`)
  return project
}

/** Adds a trigger token, and returns its id and text. */
export function putToken(world: World, request: TokenRequest, now: number): { id: number; token: string } {
  const { project = 9, description = 'another', owner = 'seed', createdAt = now, ...rest } = request
  const { id, token } = addToken(world, {
    project: projectNumbered(world, project),
    description,
    owner,
    createdAt,
    ...rest,
  })
  return { id, token }
}

/** Adds a project with the next id, and returns that. */
export function putProject(world: World, given: NewProject): number {
  const id = given.id ?? Math.max(...world.projects.map((project) => project.id)) + 1
  world.projects.push(newProject(id, given))
  return id
}

/** Adds a branch or a tag to a project. */
export function putRef(world: World, name: string, kind: GitRef['kind'], project = 9): void {
  const found = projectNumbered(world, project)
  found.refs.push(newRef(found, name, kind))
}

/** A personal access token that a user has made. */
export type PersonalTokenRequest = Partial<Omit<PersonalToken, 'kind'>> & { username: string }

/** Adds a personal access token, and returns its text. */
export function putPersonalToken(world: World, { username, ...more }: PersonalTokenRequest): string {
  const text = personalTokenText(`personal token ${world.credentials.size}`, world.gitlab)
  world.credentials.set(text, personalToken(username, more))
  return text
}
