import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'

/** A difference between two polls of a pipeline tree. */
export type Change =
  /** A pipeline's new status; `before` is null for a pipeline seen for the first time. */
  | { what: 'pipeline'; pipeline: Pipeline; before: string | null }
  /** A job's new status. A new job counts only if its status is not `created` or `skipped`. */
  | { what: 'job'; job: Job; pipeline: Pipeline; before: string | null }

/** All pipelines of a tree, each before its downstream pipelines. */
export function pipelinesIn(root: Pipeline): Pipeline[] {
  const below = root.jobs.flatMap(({ downstream }) => downstream?.pipeline ?? [])
  return [root, ...below.flatMap(pipelinesIn)]
}

/** All jobs of a tree, with their pipelines. */
export function jobsWithPipelines(root: Pipeline): { job: Job; pipeline: Pipeline }[] {
  return pipelinesIn(root).flatMap((pipeline) => pipeline.jobs.map((job) => ({ job, pipeline })))
}

/** The differences between two polls: each pipeline that changed, followed by its changed jobs. */
export function changesBetween(before: Pipeline | undefined, now: Pipeline): Change[] {
  const pipelines = new Map(before ? pipelinesIn(before).map(({ id, status }) => [id, status]) : [])
  const jobs = new Map(before ? jobsWithPipelines(before).map(({ job }) => [job.id, job.status]) : [])
  return pipelinesIn(now).flatMap((pipeline): Change[] => {
    const previous = pipelines.get(pipeline.id) ?? null
    const ownChange: Change[] =
      previous === pipeline.status ? [] : [{ what: 'pipeline', pipeline, before: previous }]
    const changed = pipeline.jobs.flatMap((job): Change[] => {
      const status = jobs.get(job.id) ?? null
      const isNew = !jobs.has(job.id) && (job.status === 'created' || job.status === 'skipped')
      return job.status === status || isNew ? [] : [{ what: 'job', job, pipeline, before: status }]
    })
    return [...ownChange, ...changed]
  })
}
