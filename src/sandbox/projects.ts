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

/** The projects of a sandbox; number 9 is the one of the seed page. */
export function seedProjects(): Project[] {
  return [
    {
      id: 9,
      path: app,
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
      id: 10,
      path: docs,
      visibility: 'public',
      defaultBranch: 'master',
      refs: [branch(docs, 'master'), tag(docs, 'v1.0.0')],
      inputs: {},
    },
    {
      id: 11,
      path: deep,
      visibility: 'private',
      defaultBranch: 'master',
      refs: [branch(deep, 'master')],
      inputs: {},
    },
  ]
}

/** The project of an `:id`: all digits is a number, else a whole path whose case does not matter (facts 1.2). */
export function findProject(projects: Project[], id: string): Project | undefined {
  if (/^\d+$/.test(id)) return projects.find((project) => project.id === Number(id))
  return projects.find((project) => project.path.toLowerCase() === id.toLowerCase())
}
