import { json } from '../answer.ts'
import type { Answer } from '../answer.ts'
import type { Call } from '../call.ts'
import type { Project } from '../projects.ts'
import type { Reading } from '../auth.ts'
import { hex40 } from '../seeds.ts'
import { atLeast, fullVersions } from '../version.ts'

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
const ciFields = {
  archived: false,
  jobs_enabled: true,
  builds_access_level: 'enabled',
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
}

/** `GET /projects/:id` of v4. */
export function show({ call, project }: Reading): Answer {
  const { visibility } = project
  return json(200, {
    ...common(call, project),
    visibility,
    ...(atLeast(call.gitlab, '18.9') ? ciFields : {}),
  })
}

/** `GET /projects/:id` of v3. */
export function showV3({ call, project }: Reading): Answer {
  const isPublic = project.visibility === 'public'
  return json(200, { ...common(call, project), public: isPublic, visibility_level: isPublic ? 20 : 0 })
}

/** `GET /version`. */
export function version(call: Call): Answer {
  return json(200, { version: fullVersions[call.gitlab], revision: hex40('revision').slice(0, 11) })
}
