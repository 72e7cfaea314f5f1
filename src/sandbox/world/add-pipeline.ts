import { hex40 } from './seeds.ts'
import type { World } from './model.ts'
import type { Job } from './model.ts'
import { makePipeline, projectOf } from './world.ts'

/** A pipeline that another user started; the defaults are those of a push to master of project 9. */
export interface PipelineRequest {
  project?: number
  ref?: string
  sha?: string
  source?: string
  username?: string
  variables?: Record<string, string>
  /** The fields of the trigger that made it, as GitLab keeps them in TRIGGER_PAYLOAD; by default there is no such variable. */
  payload?: Record<string, unknown>
  /** Milliseconds; the present by default. */
  createdAt?: number
  /** A status that never changes; such a pipeline has no jobs. */
  status?: string
  /** The name of a job that fails. */
  failingJob?: string
}

/** The ids and the commit of an added pipeline. */
export interface AddedPipeline {
  id: number
  sha: string
  jobs: Pick<Job, 'id' | 'name' | 'stage'>[]
}

/** Adds a pipeline. */
export function addPipeline(world: World, request: PipelineRequest, now: number): AddedPipeline {
  const project = projectOf(world, String(request.project ?? 9))
  if (project === undefined) throw new RangeError(`the sandbox has no project ${String(request.project)}`)
  const name = request.ref ?? project.defaultBranch
  const ref = project.refs.find((row) => row.name === name)
  const pipeline = makePipeline(world, {
    project,
    ref: name,
    sha: request.sha ?? ref?.sha ?? hex40(`unknown ref ${name}`),
    tag: ref?.kind === 'tag',
    source: request.source ?? 'push',
    username: request.username ?? 'other',
    createdAt: request.createdAt ?? now,
    variables: new Map(Object.entries(request.variables ?? {})),
    ...(request.payload === undefined ? {} : { payload: JSON.stringify(request.payload) }),
    ...(request.status === undefined ? {} : { fixedStatus: request.status }),
    ...(request.failingJob === undefined ? {} : { failingJob: request.failingJob }),
  })
  const { id, sha, jobs } = pipeline
  return { id, sha, jobs: jobs.map((job) => ({ id: job.id, name: job.name, stage: job.stage })) }
}
