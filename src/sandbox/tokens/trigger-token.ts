import type { Project } from '../world/projects.ts'
import type { Tokens } from '../world/seeds.ts'

/** A trigger token of a project. */
export interface TriggerToken {
  id: number
  project: Project
  token: string
  description: string | null
  /** A user name: only this user is shown the whole token, and the pipelines run as this user. */
  owner: string
  /** Milliseconds, as all moments here. */
  createdAt: number
  updatedAt: number
  expiresAt: number | null
}

/** The tokens that are there from the start, since a day long ago. */
export function seedTriggerTokens(projects: readonly Project[], tokens: Tokens): TriggerToken[] {
  const seeds = [
    { project: 9, token: tokens.trigger, description: 'nightly', owner: 'seed' },
    { project: 11, token: tokens.otherTrigger, description: 'deep', owner: 'seed' },
    { project: 10, token: tokens.publicTrigger, description: 'docs', owner: 'seed' },
    { project: 9, token: tokens.colleagueTrigger, description: 'release', owner: 'colleague' },
  ]
  const createdAt = Date.UTC(2015, 8, 1, 8, 30)
  return seeds.flatMap(({ project: id, ...seed }, at) => {
    const project = projects.find((each) => each.id === id)
    return project
      ? [{ ...seed, id: 31 + at, project, createdAt, updatedAt: createdAt, expiresAt: null }]
      : []
  })
}

/** Whether a token has run out, by the clock `now`. */
export function isExpired({ expiresAt }: TriggerToken, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}
