import { triggerBuilds, triggerPipeline } from '../trigger/trigger.ts'
import type { Route } from './route.ts'
import { kindOf, p } from './route.ts'

// prettier-ignore
/** The trigger calls: they ask for no login. */
export const triggering: Route[] = [
  ...kindOf('v3', ['api', 'read_api'], [
    { method: 'POST', path: `${p}/trigger/builds`, open: triggerBuilds },
    { method: 'POST', path: `${p}/ref/:ref/trigger/builds`, since: '8.17', open: triggerBuilds },
    // 10.3 serves v4 routes under v3 too, where v3 has none of its own (observed: "wrong endpoint word").
    { method: 'POST', path: `${p}/trigger/pipeline`, since: '10.3', open: triggerPipeline },
    { method: 'POST', path: `${p}/ref/:ref/trigger/pipeline`, since: '10.3', open: triggerPipeline },
  ]),
  ...kindOf('v4', ['api', 'read_api'], [
    { method: 'POST', path: `${p}/trigger/pipeline`, open: triggerPipeline },
    { method: 'POST', path: `${p}/ref/:ref/trigger/pipeline`, open: triggerPipeline },
  ]),
]
