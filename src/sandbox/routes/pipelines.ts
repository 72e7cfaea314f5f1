import * as act from '../act/routes.ts'
import * as bridges from '../read/bridges.ts'
import { jobScope, retriedToo } from '../read/find.ts'
import * as jobs from '../read/jobs.ts'
import { pagination } from '../read/paging.ts'
import { pipelineParameters } from '../read/pipeline-filters.ts'
import * as pipelines from '../read/pipelines.ts'
import * as testReport from '../read/test-report.ts'
import { createParameters, createPipeline } from '../trigger/pipeline.ts'
import type { Route } from './route.ts'
import { kindOf, p } from './route.ts'

const one = `${p}/pipelines/:pipeline_id`

// prettier-ignore
/**
 * Pipelines: GET asks for no login from 18.9 on, everything else for one before it reads the parameters.
 */
export const pipelineRoutes: Route[] = kindOf('v4', ['mcp', 'ai_workflows', 'api', 'read_api'], [
  { method: 'GET', path: `${p}/pipelines`, needs: 'login before 18.9', jobs: true, params: pipelineParameters, can: 'read_build', read: pipelines.list },
  { method: 'POST', path: `${p}/pipeline`, since: '18.9', needs: 'login first', params: createParameters, can: 'create_pipeline', read: createPipeline },
  { method: 'GET', path: `${p}/pipelines/latest`, since: '18.9', needs: 'nothing', params: [{ name: 'ref', type: 'string' }], read: pipelines.latest },
  { method: 'GET', path: one, needs: 'login before 18.9', jobs: true, can: 'read_pipeline', read: pipelines.show },
  { method: 'GET', path: `${one}/jobs`, needs: 'login before 18.9', jobs: true, params: [retriedToo, jobScope, ...pagination], can: 'read_pipeline', read: jobs.ofPipeline },
  { method: 'GET', path: `${one}/bridges`, since: '18.9', needs: 'nothing', jobs: true, params: [jobScope, ...pagination], can: 'read_build', read: bridges.list },
  { method: 'GET', path: `${one}/variables`, since: '18.9', needs: 'nothing', read: pipelines.variables },
  { method: 'GET', path: `${one}/test_report`, since: '18.9', needs: 'nothing', can: 'read_build', read: testReport.show },
  { method: 'GET', path: `${one}/test_report_summary`, since: '18.9', needs: 'nothing', can: 'read_build', read: testReport.summary },
  { method: 'PUT', path: `${one}/metadata`, since: '18.9', needs: 'login first', jobs: true, params: [{ name: 'name', type: 'string', required: true }], read: pipelines.rename },
  { method: 'POST', path: `${one}/retry`, needs: 'login first', read: act.retryPipeline },
  { method: 'POST', path: `${one}/cancel`, needs: 'login first', read: act.cancelPipeline },
  { method: 'DELETE', path: one, since: '18.9', needs: 'login first', read: act.deletePipeline },
])
