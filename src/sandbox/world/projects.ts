import { hex40 } from './seeds.ts'
import type { Role } from './users.ts'

/** What the `.gitlab-ci.yml` of a ref is like. */
export type CiFile = 'good' | 'failing' | 'broken' | 'empty'

/** A branch or a tag. */
export interface GitRef {
  kind: 'branch' | 'tag'
  name: string
  sha: string
  ci: CiFile
  /** Whether it is protected so that no one may run pipelines on it. */
  protected: boolean
}

/** The type of an input declared in the header of a CI file (docs/gitlab.md#2.4). */
export type InputType = 'string' | 'number' | 'boolean' | 'array'

/** Who may set pipeline variables: GitLab's `ci_pipeline_variables_minimum_override_role`. */
export type VariablesRole = 'no_one_allowed' | 'developer' | 'maintainer' | 'owner'

/** What a member of a project's team can change about it, here from the command line and the control API. */
export interface ProjectSettings {
  visibility: 'private' | 'public'
  /** The roles of its members, by user name. */
  members: Record<string, Role>
  /** Whether CI/CD is switched on in it. */
  ci: 'enabled' | 'disabled'
  archived: boolean
  variablesRole: VariablesRole
  /** The projects, by number, whose job tokens it lets in, besides its own. */
  jobTokenAllowlist: number[]
  /** Whether its jobs run in debug mode, as with a CI/CD variable `CI_DEBUG_TRACE`. */
  debug: boolean
  /** How many pipelines a minute one user may create on one commit; 0 is no limit. */
  pipelinesPerMinute: number
}

/** A project with its repository. */
export interface Project extends ProjectSettings {
  id: number
  path: string
  defaultBranch: string
  refs: GitRef[]
  inputs: Record<string, InputType>
  /** The inputs that have no default. */
  requiredInputs: string[]
  /** The text of its CI file; without one a file is made up that declares the inputs. */
  ciFile?: string
  /** Where its CI file is, where that is not the usual place. */
  ciConfigPath?: string
  /** Where it was before it moved. */
  formerPath?: string
}

/** A project as a user describes it; members without a role are maintainers. */
export type NewProject = Partial<Omit<Project, 'members'>> & {
  path: string
  members?: Record<string, Role> | readonly string[]
}

function branch(project: string, name: string, ci: CiFile = 'good'): GitRef {
  return { kind: 'branch', name, sha: hex40(`${project} ${name}`), ci, protected: name === 'protected' }
}

function tag(project: string, name: string): GitRef {
  return { kind: 'tag', name, sha: hex40(`${project} tag ${name}`), ci: 'good', protected: false }
}

const app = 'seed/app'
const docs = 'seed/docs'
const deep = 'seed/group/sub.dotted/deep'
const tool = 'others/tool'

const team: Record<string, Role> = {
  seed: 'owner',
  colleague: 'maintainer',
  developer: 'developer',
  reporter: 'reporter',
  guest: 'guest',
  blocked: 'owner',
}

const usual = (): Omit<Project, 'id' | 'path' | 'defaultBranch' | 'refs'> => ({
  visibility: 'private',
  inputs: {},
  requiredInputs: [],
  members: { ...team },
  ci: 'enabled',
  archived: false,
  variablesRole: 'developer',
  jobTokenAllowlist: [],
  debug: false,
  pipelinesPerMinute: 0,
})

/** The projects of a sandbox; number 9 is the one of the seed page, 12 belongs to others. */
export function seedProjects(): Project[] {
  return [
    {
      ...usual(),
      id: 9,
      path: app,
      formerPath: 'seed/former',
      defaultBranch: 'master',
      refs: [
        branch(app, 'master'),
        branch(app, 'develop'),
        branch(app, 'feature/x'),
        branch(app, 'größe'),
        branch(app, 'protected'),
        branch(app, 'failing', 'failing'),
        branch(app, 'broken', 'broken'),
        branch(app, 'empty', 'empty'),
        branch(app, 'both'),
        branch(app, 'downstream'),
        ...['manual', 'blocked', 'canceled', 'skipped'].map((name) => branch(app, name)),
        tag(app, 'v1.0.0'),
        tag(app, 'both'),
      ],
      inputs: { environment: 'string', replicas: 'number', dry: 'boolean', regions: 'array' },
    },
    {
      ...usual(),
      id: 10,
      path: docs,
      visibility: 'public',
      defaultBranch: 'master',
      refs: [branch(docs, 'master'), tag(docs, 'v1.0.0')],
      jobTokenAllowlist: [9],
    },
    { ...usual(), id: 11, path: deep, defaultBranch: 'master', refs: [branch(deep, 'master')] },
    {
      ...usual(),
      id: 12,
      path: tool,
      visibility: 'public',
      defaultBranch: 'main',
      refs: [branch(tool, 'main')],
      members: { other: 'owner' },
    },
  ]
}

function membersFrom(given: NewProject['members']): Record<string, Role> {
  if (given === undefined) return { ...team }
  if (!Array.isArray(given)) return { ...(given as Record<string, Role>) }
  return Object.fromEntries(given.map((name: string): [string, Role] => [name, 'maintainer']))
}

/** A further project, with one branch; what is left out is as in the others. */
export function newProject(id: number, given: NewProject): Project {
  const { members, ...rest } = given
  const project = { ...usual(), defaultBranch: 'main', refs: [], ...rest, id, members: membersFrom(members) }
  const { refs, path, defaultBranch } = project
  return { ...project, refs: refs.length > 0 ? refs : [branch(path, defaultBranch)] }
}

/** A further branch or tag of a project. */
export function newRef({ path }: Project, name: string, kind: GitRef['kind']): GitRef {
  return kind === 'tag' ? tag(path, name) : branch(path, name)
}

/**
 * The project of an `:id`: all digits is a number, else a whole path whose case does not matter (docs/gitlab.md#1.2).
 */
export function findProject(projects: Project[], id: string): Project | undefined {
  if (/^\d+$/.test(id)) return projects.find((project) => project.id === Number(id))
  return projects.find((project) => project.path.toLowerCase() === id.toLowerCase())
}
