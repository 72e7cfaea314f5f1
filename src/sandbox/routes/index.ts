import { jobRoutes } from './jobs.ts'
import { pipelineRoutes } from './pipelines.ts'
import { projectRoutes } from './projects.ts'
import type { Route } from './route.ts'
import { scheduleRoutes } from './schedules.ts'
import { tokenRoutes } from './tokens.ts'
import { triggering } from './triggering.ts'
import { v3Routes } from './v3.ts'

/**
 * Every route of the API, one row each; a new endpoint is a new row. Of two that fit a path the first counts.
 */
export const routes: readonly Route[] = [
  ...triggering,
  ...pipelineRoutes,
  ...jobRoutes,
  ...projectRoutes,
  ...tokenRoutes,
  ...scheduleRoutes,
  ...v3Routes,
]
