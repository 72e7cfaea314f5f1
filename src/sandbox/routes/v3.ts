import * as act from '../act/routes.ts'
import * as artifacts from '../artifacts/routes.ts'
import * as old from '../read/builds.ts'
import * as commits from '../read/commits.ts'
import * as instance from '../read/instance.ts'
import * as pipelines from '../read/pipelines.ts'
import * as projects from '../read/projects.ts'
import * as triggers from '../tokens/routes.ts'
import type { Route } from './route.ts'
import { kindOf, p } from './route.ts'

// prettier-ignore
/** API v3, until 10.3; every route asks for a login first. */
export const v3Routes: Route[] = kindOf('v3', ['api', 'read_api'], [
  { method: 'GET', path: '/version', since: '8.17', needs: 'login first', server: instance.version },
  { method: 'GET', path: '/user', needs: 'login first', server: instance.user },
  { method: 'GET', path: '/projects', needs: 'login first', server: projects.list },
  { method: 'GET', path: p, needs: 'login first', read: projects.show },
  { method: 'GET', path: `${p}/builds`, needs: 'login first', can: 'read_build', read: old.list },
  { method: 'GET', path: `${p}/builds/:build_id`, needs: 'login first', can: 'read_build', read: old.show },
  { method: 'GET', path: `${p}/builds/:build_id/trace`, needs: 'login first', can: 'read_build', read: old.trace },
  { method: 'GET', path: `${p}/builds/:build_id/artifacts`, needs: 'login first', can: 'read_build', read: artifacts.ofBuild },
  { method: 'GET', path: `${p}/repository/commits/:sha/builds`, needs: 'login first', can: 'read_build', read: old.ofCommit },
  { method: 'GET', path: `${p}/repository/branches`, needs: 'login first', can: 'read_code', read: commits.branches },
  { method: 'GET', path: `${p}/repository/branches/:name`, needs: 'login first', can: 'read_code', read: commits.branch },
  { method: 'GET', path: `${p}/repository/tags`, needs: 'login first', can: 'read_code', read: commits.tags },
  { method: 'GET', path: `${p}/repository/commits`, needs: 'login first', can: 'read_code', read: commits.list },
  // Pipelines and manual builds are of 8.11 (S, grape descriptions).
  { method: 'GET', path: `${p}/pipelines`, since: '8.17', needs: 'login first', can: 'read_pipeline', read: pipelines.list },
  { method: 'GET', path: `${p}/pipelines/:pipeline_id`, since: '8.17', needs: 'login first', can: 'read_pipeline', read: pipelines.show },
  { method: 'POST', path: `${p}/pipelines/:pipeline_id/cancel`, since: '8.17', needs: 'login first', read: act.cancelPipeline },
  { method: 'POST', path: `${p}/pipelines/:pipeline_id/retry`, since: '8.17', needs: 'login first', read: act.retryPipeline },
  { method: 'POST', path: `${p}/builds/:build_id/cancel`, needs: 'login first', read: act.cancelBuild },
  { method: 'POST', path: `${p}/builds/:build_id/retry`, needs: 'login first', read: act.retryBuild },
  { method: 'POST', path: `${p}/builds/:build_id/play`, since: '8.17', needs: 'login first', read: act.playBuild },
  { method: 'GET', path: `${p}/triggers`, needs: 'login first', can: 'admin_build', read: triggers.list },
  { method: 'GET', path: `${p}/triggers/:token`, needs: 'login first', can: 'admin_build', read: triggers.show },
  { method: 'POST', path: `${p}/triggers`, needs: 'login first', can: 'admin_build', read: triggers.create },
  { method: 'DELETE', path: `${p}/triggers/:token`, needs: 'login first', can: 'admin_build', read: triggers.revoke },
])
