import type { Declared } from '../params/declared.ts'
import { pagination } from '../read/paging.ts'
import { changedSchedule, changedVariable, newSchedule, newVariable } from '../schedule/parameters.ts'
import * as schedule from '../schedule/routes.ts'
import * as variables from '../schedule/variables.ts'
import type { Route } from './route.ts'
import { kindOf, p } from './route.ts'

const all = `${p}/pipeline_schedules`
const one = `${all}/:pipeline_schedule_id`

const listed: readonly Declared[] = [
  ...pagination,
  { name: 'scope', type: 'string', values: ['active', 'inactive'] },
]

const itsPipelines: readonly Declared[] = [
  ...pagination,
  { name: 'sort', type: 'string', values: ['asc', 'desc'], default: 'asc' },
]

// prettier-ignore
/**
 * Pipeline schedules, since 9.3 (facts 7): all ask for a login first. Before 18.9 as there, as far as is
 * known.
 */
export const scheduleRoutes: Route[] = kindOf('v4', ['api', 'read_api'], [
  { method: 'GET', path: all, needs: 'login first', params: listed, can: 'read_pipeline_schedule', read: schedule.list },
  { method: 'GET', path: one, needs: 'login first', read: schedule.show },
  { method: 'GET', path: `${one}/pipelines`, since: '18.9', needs: 'login first', params: itsPipelines, read: schedule.pipelines },
  { method: 'POST', path: all, needs: 'login first', params: newSchedule, can: 'create_pipeline_schedule', read: schedule.create },
  { method: 'PUT', path: one, needs: 'login first', params: changedSchedule, read: schedule.update },
  { method: 'POST', path: `${one}/take_ownership`, needs: 'login first', read: schedule.takeOwnership },
  { method: 'DELETE', path: one, needs: 'login first', read: schedule.remove },
  { method: 'POST', path: `${one}/play`, needs: 'login first', read: schedule.play },
  { method: 'POST', path: `${one}/variables`, needs: 'login first', params: newVariable, read: variables.create },
  { method: 'GET', path: `${one}/variables/:key`, since: '18.9', needs: 'login first', read: variables.show },
  { method: 'PUT', path: `${one}/variables/:key`, needs: 'login first', params: changedVariable, read: variables.update },
  { method: 'DELETE', path: `${one}/variables/:key`, needs: 'login first', read: variables.remove },
])
