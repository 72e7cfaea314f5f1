import { hex40 } from './seeds.ts'

/** What the `.gitlab-ci.yml` of a ref is like. */
export type CiFile = 'good' | 'failing' | 'broken' | 'empty'

/** A branch or a tag. */
export interface GitRef {
  kind: 'branch' | 'tag'
  name: string
  sha: string
  ci: CiFile
  /** Whether the owner of the trigger token may not run pipelines on it. */
  protected: boolean
}

/** The type of an input declared in the header of a CI file (facts 2.4). */
export type InputType = 'string' | 'number' | 'boolean' | 'array'

/** A project with its repository. */
export interface Project {
  id: number
  path: string
  visibility: 'private' | 'public'
  defaultBranch: string
  refs: GitRef[]
  inputs: Record<string, InputType>
  /** Where it was before it moved. */
  formerPath?: string
  /** The user names of its members. */
  members: string[]
  /** Whether CI/CD is switched on in it. */
  ci: 'enabled' | 'disabled'
  archived: boolean
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

const usual: Pick<Project, 'inputs' | 'members' | 'ci' | 'archived'> = {
  inputs: {},
  members: ['seed', 'colleague', 'reporter'],
  ci: 'enabled',
  archived: false,
}

/** The projects of a sandbox; number 9 is the one of the seed page. */
export function seedProjects(): Project[] {
  return [
    {
      ...usual,
      id: 9,
      path: app,
      formerPath: 'seed/former',
      visibility: 'private',
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
        tag(app, 'v1.0.0'),
        tag(app, 'both'),
      ],
      inputs: { environment: 'string', replicas: 'number', dry: 'boolean', regions: 'array' },
    },
    {
      ...usual,
      id: 10,
      path: docs,
      visibility: 'public',
      defaultBranch: 'master',
      refs: [branch(docs, 'master'), tag(docs, 'v1.0.0')],
    },
    {
      ...usual,
      id: 11,
      path: deep,
      visibility: 'private',
      defaultBranch: 'master',
      refs: [branch(deep, 'master')],
    },
    {
      ...usual,
      id: 12,
      path: tool,
      visibility: 'public',
      defaultBranch: 'main',
      refs: [branch(tool, 'main')],
      members: ['other'],
    },
  ]
}

/** A further project, with one branch; what is left out is as in the others. */
export function newProject(given: Partial<Project> & Pick<Project, 'id' | 'path'>): Project {
  const project = { ...usual, visibility: 'private' as const, defaultBranch: 'main', refs: [], ...given }
  const { refs, path, defaultBranch } = project
  return { ...project, refs: refs.length > 0 ? refs : [branch(path, defaultBranch)] }
}

/** A further branch or tag of a project. */
export function newRef({ path }: Project, name: string, kind: GitRef['kind']): GitRef {
  return kind === 'tag' ? tag(path, name) : branch(path, name)
}

/** The project of an `:id`: all digits is a number, else a whole path whose case does not matter (facts 1.2). */
export function findProject(projects: Project[], id: string): Project | undefined {
  if (/^\d+$/.test(id)) return projects.find((project) => project.id === Number(id))
  return projects.find((project) => project.path.toLowerCase() === id.toLowerCase())
}
