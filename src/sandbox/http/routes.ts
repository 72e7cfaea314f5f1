import type { Answer } from './answer.ts'
import type { Needs, Reading } from '../auth/reading.ts'
import type { Call } from './call.ts'
import * as act from '../act/routes.ts'
import * as artifacts from '../artifacts/routes.ts'
import * as bridges from '../read/bridges.ts'
import * as commits from '../read/commits.ts'
import * as jobs from '../read/jobs.ts'
import * as old from '../read/builds.ts'
import * as pipelines from '../read/pipelines.ts'
import * as projects from '../read/projects.ts'
import * as testReport from '../read/test-report.ts'
import { trace } from '../read/trace.ts'
import * as triggers from '../tokens/routes.ts'
import * as schedule from '../schedule/routes.ts'
import { triggerBuilds, triggerPipeline } from '../trigger/trigger.ts'
import type { ApiVersion, GitlabVersion } from '../version/version.ts'

interface Common {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  api: ApiVersion
  /** With `:names` for segments; a segment never holds a raw slash. */
  path: string
  since?: GitlabVersion
  until?: GitlabVersion
}

/** A row of the table of routes: either the handler does its own checking, or it reads a project. */
export type Route = Common &
  (
    | { open: (call: Call) => Answer }
    | { needs: Needs; jobs?: true; read: (reading: Reading) => Answer }
    | { needs: 'login'; server: (call: Call) => Answer }
  )

const p = '/projects/:id'

// prettier-ignore
const triggering: Route[] = [
  { method: 'POST', api: 'v3', path: `${p}/trigger/builds`, open: triggerBuilds },
  { method: 'POST', api: 'v3', path: `${p}/ref/:ref/trigger/builds`, since: '8.17', open: triggerBuilds },
  // 10.3 serves v4 routes under v3 too, where v3 has none of its own (observed: "wrong endpoint word").
  { method: 'POST', api: 'v3', path: `${p}/trigger/pipeline`, since: '10.3', open: triggerPipeline },
  { method: 'POST', api: 'v3', path: `${p}/ref/:ref/trigger/pipeline`, since: '10.3', open: triggerPipeline },
  { method: 'POST', api: 'v4', path: `${p}/trigger/pipeline`, open: triggerPipeline },
  { method: 'POST', api: 'v4', path: `${p}/ref/:ref/trigger/pipeline`, open: triggerPipeline },
]

// prettier-ignore
const readingV4: Route[] = [
  { method: 'GET', api: 'v4', path: '/version', needs: 'login', server: projects.version },
  { method: 'GET', api: 'v4', path: '/projects', open: projects.list },
  { method: 'GET', api: 'v4', path: p, needs: 'project', jobs: true, read: projects.show },
  { method: 'GET', api: 'v4', path: `${p}/pipelines`, needs: 'login before 18.9', jobs: true, read: pipelines.list },
  { method: 'GET', api: 'v4', path: `${p}/pipelines/latest`, since: '18.9', needs: 'project', read: pipelines.latest },
  { method: 'GET', api: 'v4', path: `${p}/pipelines/:pipeline_id`, needs: 'login before 18.9', jobs: true, read: pipelines.show },
  { method: 'GET', api: 'v4', path: `${p}/pipelines/:pipeline_id/jobs`, needs: 'login before 18.9', jobs: true, read: jobs.ofPipeline },
  { method: 'GET', api: 'v4', path: `${p}/pipelines/:pipeline_id/bridges`, since: '18.9', needs: 'project', jobs: true, read: bridges.list },
  { method: 'GET', api: 'v4', path: `${p}/pipelines/:pipeline_id/variables`, since: '18.9', needs: 'project', read: pipelines.variables },
  { method: 'GET', api: 'v4', path: `${p}/pipelines/:pipeline_id/test_report`, since: '18.9', needs: 'project', read: testReport.show },
  { method: 'GET', api: 'v4', path: `${p}/jobs`, needs: 'login', jobs: true, read: jobs.ofProject },
  { method: 'GET', api: 'v4', path: `${p}/jobs/:job_id`, needs: 'login', read: jobs.show },
  { method: 'GET', api: 'v4', path: `${p}/jobs/:job_id/trace`, needs: 'login', read: trace },
  { method: 'GET', api: 'v4', path: `${p}/jobs/:job_id/artifacts`, needs: 'login', jobs: true, read: artifacts.ofJob },
  { method: 'GET', api: 'v4', path: `${p}/repository/branches`, needs: 'project', read: commits.branches },
  { method: 'GET', api: 'v4', path: `${p}/repository/branches/:name`, needs: 'project', read: commits.branch },
  { method: 'GET', api: 'v4', path: `${p}/repository/tags`, needs: 'project', read: commits.tags },
  { method: 'GET', api: 'v4', path: `${p}/repository/tags/:name`, needs: 'project', read: commits.tag },
  { method: 'GET', api: 'v4', path: `${p}/repository/commits/:sha`, needs: 'project', read: commits.commit },
]

// prettier-ignore
const readingV3: Route[] = [
  { method: 'GET', api: 'v3', path: '/version', since: '8.17', needs: 'login', server: projects.version },
  { method: 'GET', api: 'v3', path: '/projects', open: projects.list },
  { method: 'GET', api: 'v3', path: p, needs: 'login', read: projects.show },
  { method: 'GET', api: 'v3', path: `${p}/builds`, needs: 'login', read: old.list },
  { method: 'GET', api: 'v3', path: `${p}/builds/:build_id`, needs: 'login', read: old.show },
  { method: 'GET', api: 'v3', path: `${p}/builds/:build_id/trace`, needs: 'login', read: old.trace },
  { method: 'GET', api: 'v3', path: `${p}/builds/:build_id/artifacts`, needs: 'login', read: artifacts.ofBuild },
  { method: 'GET', api: 'v3', path: `${p}/repository/commits/:sha/builds`, needs: 'login', read: old.ofCommit },
  { method: 'GET', api: 'v3', path: `${p}/repository/branches`, needs: 'login', read: commits.branches },
  { method: 'GET', api: 'v3', path: `${p}/repository/branches/:name`, needs: 'login', read: commits.branch },
  { method: 'GET', api: 'v3', path: `${p}/repository/tags`, needs: 'login', read: commits.tags },
  { method: 'GET', api: 'v3', path: `${p}/pipelines`, since: '8.17', needs: 'login', read: pipelines.list },
  { method: 'GET', api: 'v3', path: `${p}/pipelines/:pipeline_id`, since: '8.17', needs: 'login', read: pipelines.show },
]

// prettier-ignore
const acting: Route[] = [
  { method: 'POST', api: 'v4', path: `${p}/pipelines/:pipeline_id/cancel`, needs: 'login', read: act.cancelPipeline },
  { method: 'POST', api: 'v4', path: `${p}/pipelines/:pipeline_id/retry`, needs: 'login', read: act.retryPipeline },
  { method: 'POST', api: 'v4', path: `${p}/jobs/:job_id/cancel`, needs: 'login', read: act.cancelJob },
  { method: 'POST', api: 'v4', path: `${p}/jobs/:job_id/retry`, needs: 'login', read: act.retryJob },
  { method: 'POST', api: 'v4', path: `${p}/jobs/:job_id/play`, needs: 'login', read: act.playJob },
  // Pipelines and manual builds are of 8.11 (S, grape descriptions).
  { method: 'POST', api: 'v3', path: `${p}/pipelines/:pipeline_id/cancel`, since: '8.17', needs: 'login', read: act.cancelPipeline },
  { method: 'POST', api: 'v3', path: `${p}/pipelines/:pipeline_id/retry`, since: '8.17', needs: 'login', read: act.retryPipeline },
  { method: 'POST', api: 'v3', path: `${p}/builds/:build_id/cancel`, needs: 'login', read: act.cancelBuild },
  { method: 'POST', api: 'v3', path: `${p}/builds/:build_id/retry`, needs: 'login', read: act.retryBuild },
  { method: 'POST', api: 'v3', path: `${p}/builds/:build_id/play`, since: '8.17', needs: 'login', read: act.playBuild },
]

// prettier-ignore
const tokens: Route[] = [
  { method: 'GET', api: 'v4', path: `${p}/triggers`, needs: 'login', read: triggers.list },
  { method: 'GET', api: 'v4', path: `${p}/triggers/:trigger_id`, needs: 'login', read: triggers.show },
  { method: 'POST', api: 'v4', path: `${p}/triggers`, needs: 'login', read: triggers.create },
  { method: 'PUT', api: 'v4', path: `${p}/triggers/:trigger_id`, needs: 'login', read: triggers.update },
  { method: 'DELETE', api: 'v4', path: `${p}/triggers/:trigger_id`, needs: 'login', read: triggers.revoke },
  { method: 'GET', api: 'v3', path: `${p}/triggers`, needs: 'login', read: triggers.list },
  { method: 'GET', api: 'v3', path: `${p}/triggers/:token`, needs: 'login', read: triggers.show },
  { method: 'POST', api: 'v3', path: `${p}/triggers`, needs: 'login', read: triggers.create },
  { method: 'DELETE', api: 'v3', path: `${p}/triggers/:token`, needs: 'login', read: triggers.revoke },
]

const ps = `${p}/pipeline_schedules`

// Since 9.3 (facts 7); before 18.9 as there, as far as is known.
// prettier-ignore
const scheduling: Route[] = [
  { method: 'GET', api: 'v4', path: ps, needs: 'login', read: schedule.list },
  { method: 'POST', api: 'v4', path: ps, needs: 'login', read: schedule.create },
  { method: 'GET', api: 'v4', path: `${ps}/:pipeline_schedule_id`, needs: 'login', read: schedule.show },
  { method: 'PUT', api: 'v4', path: `${ps}/:pipeline_schedule_id`, needs: 'login', read: schedule.update },
  { method: 'DELETE', api: 'v4', path: `${ps}/:pipeline_schedule_id`, needs: 'login', read: schedule.remove },
  { method: 'GET', api: 'v4', path: `${ps}/:pipeline_schedule_id/pipelines`, since: '18.9', needs: 'login', read: schedule.pipelines },
  { method: 'POST', api: 'v4', path: `${ps}/:pipeline_schedule_id/play`, needs: 'login', read: schedule.play },
  { method: 'POST', api: 'v4', path: `${ps}/:pipeline_schedule_id/variables`, needs: 'login', read: schedule.addVariable },
]

/** Every route of the API, one row each; a new endpoint is a new row. */
export const routes: readonly Route[] = [
  ...triggering,
  ...readingV4,
  ...readingV3,
  ...acting,
  ...tokens,
  ...scheduling,
]
