import { objectMembers } from '../api/answer.ts'
import { positiveId, nonEmptyText } from '../api/decode.ts'
import { movedProjectId } from '../api/moved-project.ts'
import { ApiError, type Reader } from '../api/reader.ts'

/** A project as GitLab shows it; what it does not tell is null. */
export interface Project {
  id: number
  path: string
  defaultBranch: string | null
  visibility: string | null
  /** Whether pipelines can be triggered: `yes`, `no variables` where none may be sent, or why not. */
  triggers: string | null
  /** The least role of who may set variables, in GitLab's word. */
  variablesRole: string | null
  webUrl: string | null
  /** Where its CI file is, where it is not `.gitlab-ci.yml`: a path, a URL, or a path in another project. */
  ciConfigPath: string | null
}

/** v3's numbers for who may see a project. */
const visibilityLevels: Readonly<Record<number, string>> = { 0: 'private', 10: 'internal', 20: 'public' }

type Members = Readonly<Record<string, unknown>>

/** What keeps pipelines from being triggered, the first that holds (docs/gitlab.md#2.3, #9.14). */
function triggersOf(members: Members): string | null {
  const access = nonEmptyText(members['builds_access_level'])
  const isOn = members['jobs_enabled'] ?? members['builds_enabled'] ?? (access && access !== 'disabled')
  if (members['archived'] === true) return 'archived'
  if (isOn === false || access === 'disabled') return 'CI/CD is off'
  if (members['ci_pipeline_variables_minimum_override_role'] === 'no_one_allowed') return 'no variables'
  return isOn === true ? 'yes' : null
}

/** A project in GitLab's answer; null where it has no usable number. */
export function decodeProject(json: unknown): Project | null {
  const members = objectMembers(json)
  const id = positiveId(members['id'])
  if (id === null) return null
  const level = members['visibility_level']
  return {
    id,
    path: nonEmptyText(members['path_with_namespace']) ?? '',
    defaultBranch: nonEmptyText(members['default_branch']),
    visibility:
      nonEmptyText(members['visibility']) ??
      (typeof level === 'number' ? visibilityLevels[level] : null) ??
      null,
    triggers: triggersOf(members),
    variablesRole:
      nonEmptyText(members['ci_pipeline_variables_minimum_override_role']) ??
      (members['restrict_user_defined_variables'] === true ? 'maintainer' : null),
    webUrl: nonEmptyText(members['web_url']),
    ciConfigPath: nonEmptyText(members['ci_config_path']),
  }
}

/** The projects that GitLab finds, in its own order, and whether there are more. Throws as `Reader.list`. */
export async function searchProjects(
  server: Reader,
  text: string,
  isMine: boolean,
  most: number,
): Promise<{ projects: Project[]; isMore: boolean }> {
  const query = new URLSearchParams({
    ...(text !== '' && { search: text, search_namespaces: 'true' }),
    ...(isMine && { membership: 'true' }),
  })
  const entries = await server.list(`/projects?${query.toString()}`, ({ length }) => length > most)
  const projects = entries.map(decodeProject).filter((project) => project !== null)
  return { projects: projects.slice(0, most), isMore: projects.length > most }
}

/** What is at a path or number: the project, and its new id where it has moved; undefined where nothing may be seen. Throws as `Reader.get`. */
export async function readProject(
  server: Reader,
  project: string,
): Promise<{ project: Project; movedTo: string | undefined } | undefined> {
  const read = async (id: string): Promise<Project | null> =>
    decodeProject(await server.get(`/projects/${encodeURIComponent(id)}`))
  try {
    const found = await read(project)
    return found ? { project: found, movedTo: undefined } : undefined
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const id = movedProjectId(error, server.target.base)
    if (id !== undefined) {
      const found = await read(id)
      return found ? { project: found, movedTo: id } : undefined
    }
    if (error.status === 404 && !error.isNoApi) return undefined
    throw error
  }
}
