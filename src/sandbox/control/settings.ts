import { booleanFrom } from '../params/boolean.ts'
import type { World } from '../world/model.ts'
import type { Project, VariablesRole } from '../world/projects.ts'
import type { Role } from '../world/users.ts'
import { roles } from '../world/users.ts'

/** A setting of a project or of the instance: what it may be, and what it changes. */
interface Setting {
  /** What a value must be, to follow "must be". */
  takes: string
  /** Changes the setting; false for a value that it does not take. */
  set: (to: { world: World; project: Project }, text: string) => boolean
}

const isRole = (text: string): text is Role => roles.some((role) => role === text)

/** Gives a user a role in a project, or takes it away. */
function setRole({ members }: Project, username: string, role: string): boolean {
  if (role === 'none') return Reflect.deleteProperty(members, username)
  if (!isRole(role) || username === '' || username === '__proto__') return false
  members[username] = role
  return true
}

/** Changes something where a reader of its text makes a value of it. */
function when<Value>(value: Value | undefined, change: (value: Value) => void): boolean {
  if (value === undefined) return false
  change(value)
  return true
}

function oneOf<Value extends string>(text: string, values: readonly Value[]): Value | undefined {
  return values.find((value) => value === text)
}

const numberFrom = (text: string): number | undefined => (/^\d{1,6}$/.test(text) ? Number(text) : undefined)

function numbersFrom(text: string): number[] | undefined {
  const numbers = text === '' ? [] : text.split(',').map((each) => numberFrom(each.trim()))
  return numbers.every((each) => each !== undefined) ? numbers : undefined
}

const variablesRoles: readonly VariablesRole[] = ['no_one_allowed', 'developer', 'maintainer', 'owner']
const roleNames = `${roles.join(', ')} or none`

// prettier-ignore
/**
 * The settings, by the names that GitLab's API has for them where it has any; the command line and the
 * control API change them.
 */
export const settings: Readonly<Record<string, Setting>> = {
  role: { takes: `${roleNames}: that of the user seed`, set: ({ project }, text) => setRole(project, 'seed', text) },
  members: {
    takes: `NAME:ROLE pairs with commas between them, ROLE one of ${roleNames}`,
    set: ({ project }, text) => text.split(',').map((pair) => pair.trim().split(':')).every(([name = '', role = '']) => setRole(project, name, role)),
  },
  visibility: { takes: 'private or public', set: ({ project }, text) => when(oneOf(text, ['private', 'public'] as const), (value) => { project.visibility = value }) },
  archived: { takes: 'true or false', set: ({ project }, text) => when(booleanFrom(text), (value) => { project.archived = value }) },
  builds_access_level: { takes: 'enabled or disabled', set: ({ project }, text) => when(oneOf(text, ['enabled', 'disabled'] as const), (value) => { project.ci = value }) },
  ci_pipeline_variables_minimum_override_role: {
    takes: variablesRoles.join(', '),
    set: ({ project }, text) => when(oneOf(text, variablesRoles), (value) => { project.variablesRole = value }),
  },
  job_token_allowlist: { takes: 'project numbers with commas between them', set: ({ project }, text) => when(numbersFrom(text), (value) => { project.jobTokenAllowlist = value }) },
  ci_debug_trace: { takes: 'true or false', set: ({ project }, text) => when(booleanFrom(text), (value) => { project.debug = value }) },
  pipelines_per_minute: { takes: 'a number, 0 for no limit', set: ({ project }, text) => when(numberFrom(text), (value) => { project.pipelinesPerMinute = value }) },
  pipelines_per_user: { takes: 'a number, 0 for no limit', set: ({ world }, text) => when(numberFrom(text), (value) => { world.limits.pipelinesPerUser = value }) },
  reads_per_minute: { takes: 'a number, 0 for no limit', set: ({ world }, text) => when(numberFrom(text), (value) => { world.limits.readsPerMinute = value }) },
}

/** Changes a setting of a project, or of the instance. Returns why it cannot, or undefined. */
export function changeSetting(
  world: World,
  project: Project,
  name: string,
  text: string,
): string | undefined {
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (setting === undefined) return `unknown setting "${name}"; known are ${Object.keys(settings).join(', ')}`
  return setting.set({ world, project }, text) ? undefined : `${name} must be ${setting.takes}`
}

/** What the settings of a project and of the instance are. */
export function settingsOf({ limits }: World, project: Project): Record<string, unknown> {
  return {
    role: project.members['seed'] ?? 'none',
    members: project.members,
    visibility: project.visibility,
    archived: project.archived,
    builds_access_level: project.ci,
    ci_pipeline_variables_minimum_override_role: project.variablesRole,
    job_token_allowlist: project.jobTokenAllowlist,
    ci_debug_trace: project.debug,
    pipelines_per_minute: project.pipelinesPerMinute,
    pipelines_per_user: limits.pipelinesPerUser,
    reads_per_minute: limits.readsPerMinute,
  }
}
