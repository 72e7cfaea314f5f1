import * as act from '../act/routes.ts'
import * as artifacts from '../artifacts/routes.ts'
import type { Declared } from '../params/declared.ts'
import { jobScope } from '../read/find.ts'
import * as jobs from '../read/jobs.ts'
import { pagination } from '../read/paging.ts'
import { trace } from '../read/trace.ts'
import type { Route } from './route.ts'
import { kindOf, p } from './route.ts'

const one = `${p}/jobs/:job_id`

const byOffset: readonly Declared[] = [
  { name: 'byte_offset', type: 'integer', since: '19', least: 0 },
  { name: 'byte_limit', type: 'integer', since: '19', least: 1 },
]

/** Variables for a manual job that is started; older versions ignore them. */
const jobVariables: readonly Declared[] = [
  {
    name: 'job_variables_attributes',
    type: 'list',
    since: '18.9',
    of: [
      { name: 'key', type: 'string', required: true },
      { name: 'value', type: 'string', required: true },
    ],
  },
]

const jobName: Declared = { name: 'job', type: 'string', required: true }

/** Jobs: all of them ask for a login, before they read the parameters. */
// prettier-ignore
const ofJobs: Route[] = kindOf('v4', ['ai_workflows', 'api', 'read_api'], [
  { method: 'GET', path: '/job', since: '18.9', needs: 'login first', jobs: true, server: jobs.ofToken },
  { method: 'GET', path: `${p}/jobs`, needs: 'login first', jobs: true, params: [jobScope, ...pagination], can: 'read_build', read: jobs.ofProject },
  { method: 'GET', path: one, needs: 'login first', can: 'read_build', read: jobs.show },
  { method: 'GET', path: `${one}/trace`, needs: 'login first', params: byOffset, can: 'read_build', read: trace },
  { method: 'POST', path: `${one}/cancel`, needs: 'login first', params: [{ name: 'force', type: 'boolean', since: '18.9' }], read: act.cancelJob },
  { method: 'POST', path: `${one}/retry`, needs: 'login first', read: act.retryJob },
  { method: 'POST', path: `${one}/erase`, since: '18.9', needs: 'login first', read: act.eraseJob },
  { method: 'POST', path: `${one}/play`, needs: 'login first', params: jobVariables, can: 'read_build', read: act.playJob },
])

/** Artifacts. */
// prettier-ignore
const ofArtifacts: Route[] = kindOf('v4', ['api', 'read_api'], [
  { method: 'GET', path: `${p}/jobs/artifacts/:ref_name+/download`, since: '18.9', needs: 'nothing', jobs: true, params: [jobName], can: 'read_build', read: artifacts.ofRef },
  { method: 'GET', path: `${p}/jobs/artifacts/:ref_name+/raw/*artifact_path`, since: '18.9', needs: 'nothing', jobs: true, params: [jobName], can: 'read_build', read: artifacts.fileOfRef },
  { method: 'GET', path: `${one}/artifacts`, needs: 'login before 18.9', jobs: true, can: 'read_build', read: artifacts.ofJob },
  { method: 'GET', path: `${one}/artifacts/*artifact_path`, since: '18.9', needs: 'nothing', jobs: true, can: 'read_build', read: artifacts.fileOfJob },
  { method: 'POST', path: `${one}/artifacts/keep`, since: '18.9', needs: 'login first', read: act.keepArtifacts },
  { method: 'DELETE', path: `${one}/artifacts`, since: '18.9', needs: 'login first', read: act.deleteArtifacts },
])

/** Jobs and their artifacts. */
export const jobRoutes: Route[] = [...ofJobs, ...ofArtifacts]
