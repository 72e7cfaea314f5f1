import type { Job, Pipeline, World } from '../../world/model.ts'
import type { Project } from '../../world/projects.ts'
import { has } from '../../version/differences.ts'

/** What a page is made from. */
export interface View {
  world: World
  /** The address of the sandbox with its prefix. */
  url: string
  /** The path of the installation, empty or without a slash at its end. */
  prefix: string
  /** Milliseconds. */
  now: number
  paceMs: number
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** The path of a project's page. */
export function projectPath({ prefix }: View, { path }: Project): string {
  return `${prefix}/${encoded(path)}`
}

/** The path of a page below a project, with the `-` that the version puts before it. */
export function below(view: View, project: Project, rest: string): string {
  const dash = has(view.world.gitlab, 'dashInUrls') ? '/-' : ''
  return `${projectPath(view, project)}${dash}/${rest}`
}

/** The path of a pipeline's page. */
export function pipelinePath(view: View, { project, id }: Pipeline): string {
  return below(view, project, `pipelines/${id}`)
}

/** The path of a job's page. */
export function jobPath(view: View, { project }: Pipeline, { id }: Job): string {
  return below(view, project, `jobs/${id}`)
}

/** Whether the API that the forms use is there. */
export function canAct({ world }: View): boolean {
  return has(world.gitlab, 'v4')
}
