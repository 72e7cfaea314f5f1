import { json } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import type { Project } from '../world/projects.ts'
import type { Reading } from '../auth/reading.ts'
import { reader, requireLogin } from '../auth/reading.ts'
import { paged } from './paging.ts'
import { hex40 } from '../world/seeds.ts'
import { atLeast, fullVersions } from '../version/version.ts'

function common(call: Call, project: Project): Record<string, unknown> {
  const segments = project.path.split('/')
  return {
    id: project.id,
    description: null,
    name: segments.at(-1),
    name_with_namespace: segments.join(' / '),
    path: segments.at(-1),
    path_with_namespace: project.path,
    default_branch: project.defaultBranch,
    tag_list: [],
    ssh_url_to_repo: `git@gitlab.example.com:${project.path}.git`,
    http_url_to_repo: `${call.url}/${project.path}.git`,
    web_url: `${call.url}/${project.path}`,
  }
}

/** What 18.9 tells of a project's CI settings (S `lib/api/entities/project.rb`). */
const ciFields = ({ archived, ci }: Project): Record<string, unknown> => ({
  archived,
  jobs_enabled: ci === 'enabled',
  builds_access_level: ci,
  public_jobs: true,
  shared_runners_enabled: true,
  ci_config_path: null,
  ci_default_git_depth: 20,
  ci_forward_deployment_enabled: true,
  ci_job_token_scope_enabled: false,
  ci_separated_caches: true,
  ci_allow_fork_pipelines_to_run_in_parent_project: true,
  ci_restrict_pipeline_cancellation_role: 'developer',
  ci_pipeline_variables_minimum_override_role: 'developer',
})

function whole(call: Call, project: Project): Record<string, unknown> {
  const { visibility, archived, ci } = project
  if (call.api === 'v3') {
    const isPublic = visibility === 'public'
    const flags = { archived, builds_enabled: ci === 'enabled' }
    return { ...common(call, project), public: isPublic, visibility_level: isPublic ? 20 : 0, ...flags }
  }
  const old = { archived, jobs_enabled: ci === 'enabled' }
  return { ...common(call, project), visibility, ...(atLeast(call.gitlab, '18.9') ? ciFields(project) : old) }
}

/** `GET /projects/:id`. */
export function show({ call, project }: Reading): Answer {
  return json(200, whole(call, project))
}

/** The projects whose paths hold a text; one of less than three characters must be the whole name (S `fuzzy_search`). */
function holding(call: Call, projects: Project[]): Project[] {
  const text = textParam(call, 'search')?.toLowerCase() ?? ''
  const where = (path: string): string =>
    textParam(call, 'search_namespaces') === 'true' ? path : (path.split('/').at(-1) ?? '')
  if (text === '') return projects
  return projects.filter(({ path }) => {
    const found = where(path.toLowerCase())
    return text.length < 3 ? found.split('/').includes(text) : found.includes(text)
  })
}

/** `GET /projects`, newest first: what may be seen; v3 lists only what one is a member of. Nobody is told little of each (facts 5). */
export function list(call: Call): Answer {
  const who = reader(call, false)
  requireLogin(call, who, call.api === 'v3' ? 'login' : 'project')
  const isMine = call.api === 'v3' || textParam(call, 'membership') === 'true'
  const seen = call.world.projects.filter(({ visibility, members }) => {
    const isMember = who.kind === 'user' && members.includes(who.username)
    return isMember || (!isMine && visibility === 'public')
  })
  const newest = holding(call, seen).sort((one, other) => other.id - one.id)
  const isSimple = who.kind !== 'user' || textParam(call, 'simple') === 'true'
  return paged(call, newest, (project) => (isSimple ? common : whole)(call, project))
}

/** `GET /version`. */
export function version(call: Call): Answer {
  return json(200, { version: fullVersions[call.gitlab], revision: hex40('revision').slice(0, 11) })
}
