import type { World } from '../world/model.ts'
import type { Project } from '../world/projects.ts'
import type { Role } from '../world/users.ts'
import { roles } from '../world/users.ts'

/** Who does something: a user by a personal token, a CI job as its user, or a visitor without a login. */
export type Reader =
  { kind: 'user'; username: string } | { kind: 'job'; username: string; project: number } | { kind: 'nobody' }

interface Need {
  /** The least role in the project. */
  role: Role
  /** Whether every visitor has it in a public project, without a login too. */
  inPublic?: true
  /** Whether no role has it in an archived project. */
  changes?: true
}

/** What each ability needs, by GitLab's names (S `project_policy.rb`; public pipelines are on). */
// prettier-ignore
const needs = {
  read_project: { role: 'guest', inPublic: true },
  read_pipeline: { role: 'guest', inPublic: true },
  read_build: { role: 'guest', inPublic: true },
  read_pipeline_schedule: { role: 'guest', inPublic: true },
  read_code: { role: 'reporter', inPublic: true },
  create_pipeline: { role: 'developer', changes: true },
  update_pipeline: { role: 'developer', changes: true },
  cancel_pipeline: { role: 'developer', changes: true },
  create_pipeline_schedule: { role: 'developer', changes: true },
  update_build: { role: 'developer', changes: true },
  cancel_build: { role: 'developer', changes: true },
  admin_build: { role: 'maintainer' },
  manage_trigger: { role: 'maintainer', changes: true },
  admin_pipeline: { role: 'maintainer', changes: true },
  admin_project: { role: 'maintainer' },
  destroy_artifacts: { role: 'maintainer', changes: true },
  destroy_pipeline: { role: 'owner', changes: true },
} as const satisfies Record<string, Need>

/** Something that a role lets its bearer do in a project. */
export type Ability = keyof typeof needs

/**
 * Whether a job token is let into a project: its own, and those that have it on their allowlist (docs/gitlab.md#2.5).
 */
export function letsJobIn(project: Project, from: number): boolean {
  return project.id === from || project.jobTokenAllowlist.includes(from)
}

function isShutOut(who: Reader, project: Project): boolean {
  return who.kind === 'job' && !letsJobIn(project, who.project)
}

/** The role of a reader in a project; undefined for others than members. */
export function roleOf(who: Reader, project: Project): Role | undefined {
  if (who.kind === 'nobody' || isShutOut(who, project)) return undefined
  return Object.hasOwn(project.members, who.username) ? project.members[who.username] : undefined
}

function reaches(role: Role | undefined, least: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(least)
}

/** Whether a reader has an ability in a project. */
export function can(who: Reader, ability: Ability, project: Project): boolean {
  const { role, inPublic, changes }: Need = needs[ability]
  const isPublic = project.visibility === 'public'
  if (changes && project.archived) return false
  if (ability === 'read_build' && project.ci === 'disabled') return false
  // A public project shows itself, and nothing of its CI/CD, to the jobs that it does not let in.
  if (isShutOut(who, project)) return isPublic && ability === 'read_project'
  return (isPublic && inPublic === true) || reaches(roleOf(who, project), role)
}

/**
 * Whether a reader may set pipeline variables in a project (docs/gitlab.md#2.8). With the role of a developer nothing
 * is checked, since a user who creates a pipeline is one.
 */
export function maySetVariables(who: Reader, project: Project): boolean {
  const { variablesRole: least } = project
  return least === 'developer' || (least !== 'no_one_allowed' && reaches(roleOf(who, project), least))
}

/** Whether the name of a reader is that of a user; jobs act as theirs. */
export function isUser(who: Reader, username: string): boolean {
  return who.kind !== 'nobody' && who.username === username
}

/** Whether a user is blocked on the instance. */
export function isBlocked(world: World, username: string): boolean {
  return world.users.some((user) => user.username === username && user.blocked)
}
