import type { World } from '../world/model.ts'
import type { Pipeline } from '../world/model.ts'
import type { Job } from '../world/model.ts'
import { jobFrom, projectOf, scriptKey } from '../world/world.ts'
import { adopt } from './adopt.ts'
import { plansOf } from './plans.ts'
import type { Script } from './script.ts'

/**
 * Which pipelines a script is for: one by its id, or all that will be created on a ref (of project 9 unless
 * said).
 */
export type Scripted = number | string | { project: number; ref: string }

/** Replaces the course of an existing pipeline; jobs of the same name keep their ids. */
function rewrite(world: World, pipeline: Pipeline, script: Script): void {
  const ids = new Map(pipeline.jobs.map((job) => [job.name, job.id]))
  pipeline.jobs = plansOf(script).map((plan): Job => {
    return jobFrom(world, plan, ids.get(plan.name))
  })
  pipeline.fixedStatus = undefined
  adopt(pipeline, script)
}

/** Sets the script of a pipeline, or of future ones on a ref. Throws a RangeError for what does not exist. */
export function direct(world: World, which: Scripted, script: Script): void {
  if (typeof which === 'number') {
    const pipeline = world.pipelines.find(({ id }) => id === which)
    if (pipeline === undefined) throw new RangeError(`the sandbox has no pipeline ${which}`)
    rewrite(world, pipeline, script)
    return
  }
  const { project, ref } = typeof which === 'string' ? { project: 9, ref: which } : which
  if (projectOf(world, String(project)) === undefined) {
    throw new RangeError(`the sandbox has no project ${project}`)
  }
  plansOf(script)
  world.scripts.set(scriptKey(project, ref), script)
}
