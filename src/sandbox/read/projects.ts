import type { Reader } from '../auth/abilities.ts'
import { can, roleOf } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import { error, Halt, json } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { booleanParam, textParam } from '../http/call.ts'
import { limitReads } from '../http/limits.ts'
import { has } from '../version/differences.ts'
import type { Project } from '../world/projects.ts'
import { byId, wantsKeyset } from './keyset.ts'
import { pageNumber, pageSize, paged } from './paging.ts'

const createdAt = '2015-09-01T08:30:00.000Z'

function namespaceOf(call: Call, segments: readonly string[]): Record<string, unknown> {
  const path = segments.slice(0, -1)
  return {
    id: 2,
    name: path.at(-1),
    path: path.at(-1),
    kind: 'group',
    full_path: path.join('/'),
    parent_id: null,
    avatar_url: null,
    web_url: `${call.url}/groups/${path.join('/')}`,
  }
}

/** The public members of a project; those of the repository are for users who may read it. */
function basicShape(call: Call, who: Reader, project: Project): Record<string, unknown> {
  const segments = project.path.split('/')
  const name = segments.at(-1)
  const modern = has(call.gitlab, 'ciSettings')
  const readsCode = can(who, 'read_code', project)
  const page = `${call.url}/${project.path}`
  return {
    id: project.id,
    description: null,
    name,
    name_with_namespace: segments.join(' / '),
    path: name,
    path_with_namespace: project.path,
    ...(modern && { created_at: createdAt }),
    ...((readsCode || !modern) && { default_branch: project.defaultBranch }),
    tag_list: [],
    ...(modern && { topics: [] }),
    ssh_url_to_repo: `git@gitlab.example.com:${project.path}.git`,
    http_url_to_repo: `${page}.git`,
    web_url: page,
    ...(modern && readsCode && { readme_url: null, forks_count: 0 }),
    ...(modern && {
      avatar_url: null,
      star_count: 0,
      last_activity_at: createdAt,
      visibility: project.visibility,
      namespace: namespaceOf(call, segments),
    }),
  }
}

/**
 * What 18.9 says about a project's CI settings; who may set variables is shown to its maintainers (S
 * `project.rb`).
 */
function ciFields(call: Call, who: Reader, project: Project): Record<string, unknown> {
  const { archived, ci, variablesRole, ciConfigPath } = project
  return {
    archived,
    jobs_enabled: ci === 'enabled',
    builds_access_level: ci,
    public_jobs: true,
    shared_runners_enabled: true,
    ci_config_path: ciConfigPath ?? null,
    ci_default_git_depth: 20,
    ci_forward_deployment_enabled: true,
    ...(has(call.gitlab, 'ciTokenScopeField') && { ci_job_token_scope_enabled: false }),
    ci_separated_caches: true,
    ci_allow_fork_pipelines_to_run_in_parent_project: true,
    ...(can(who, 'admin_project', project) && {
      restrict_user_defined_variables: variablesRole !== 'developer',
      ci_restrict_pipeline_cancellation_role: 'developer',
      ci_pipeline_variables_minimum_override_role: variablesRole,
    }),
  }
}

const levels = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 }

function accessShape(who: Reader, project: Project): Record<string, unknown> {
  const role = roleOf(who, project)
  const access = role === undefined ? null : { access_level: levels[role], notification_level: 3 }
  return { permissions: { project_access: access, group_access: null } }
}

function wholeShape(call: Call, who: Reader, project: Project): Record<string, unknown> {
  const { visibility, archived, ci } = project
  const basic = basicShape(call, who, project)
  if (call.api === 'v3') {
    const isPublic = visibility === 'public'
    const flags = { archived, builds_enabled: ci === 'enabled' }
    return { ...basic, public: isPublic, visibility_level: isPublic ? 20 : 0, ...flags }
  }
  if (!has(call.gitlab, 'ciSettings')) {
    return { ...basic, visibility, archived, jobs_enabled: ci === 'enabled' }
  }
  return { ...basic, ...ciFields(call, who, project), ...accessShape(who, project) }
}

function shapeFor(call: Call, who: Reader): (project: Project) => Record<string, unknown> {
  const isSimple = who.kind !== 'user' || booleanParam(call, 'simple') === true
  return (project) => (isSimple ? basicShape : wholeShape)(call, who, project)
}

/** `GET /projects/:id`. */
export function show({ call, who, project }: Reading): Answer {
  limitReads(call, who, `project ${project.id}`)
  return json(200, shapeFor({ ...call, params: new Map() }, who)(project))
}

/**
 * The projects whose paths hold a text; one of less than three characters must be the whole name (S
 * `fuzzy_search`).
 */
function holding(call: Call, projects: Project[]): Project[] {
  const text = textParam(call, 'search')?.toLowerCase() ?? ''
  const where = (path: string): string =>
    booleanParam(call, 'search_namespaces') === true ? path : (path.split('/').at(-1) ?? '')
  if (text === '') return projects
  return projects.filter(({ path }) => {
    const found = where(path.toLowerCase())
    return text.length < 3 ? found.split('/').includes(text) : found.includes(text)
  })
}

const mostSkipped = 50_000

/** From 19 on, rows far down the list are shown only with a login. */
function limitOffset(call: Call, who: Reader): void {
  const isLimited = who.kind === 'nobody' && has(call.gitlab, 'anonymousOffsetLimit')
  if (!isLimited || pageNumber(call) * pageSize(call) <= mostSkipped) return
  const text =
    `Offset pagination has a maximum allowed offset of ${mostSkipped} for requests that return objects of type Project. ` +
    'Remaining records can be retrieved using keyset pagination.'
  throw new Halt(error(405, text))
}

/**
 * `GET /projects`, newest first: what may be seen; v3 lists only what one is a member of. An anonymous reader sees
 * a few fields of each (docs/gitlab.md#5).
 */
export function list(call: Call, who: Reader): Answer {
  limitReads(call, who, 'projects')
  limitOffset(call, who)
  const isMine = call.api === 'v3' || booleanParam(call, 'membership') === true
  const owned = booleanParam(call, 'owned') === true
  const seen = call.world.projects.filter((project) => {
    const role = who.kind === 'user' ? roleOf(who, project) : undefined
    if (owned) return role === 'owner'
    return role !== undefined || (!isMine && project.visibility === 'public')
  })
  const shape = shapeFor(call, who)
  if (wantsKeyset(call)) return byId(call, holding(call, seen), shape)
  const sign = textParam(call, 'sort') === 'asc' ? 1 : -1
  const ordered = holding(call, seen).sort((one, other) => sign * (one.id - other.id))
  return paged(call, ordered, shape)
}
