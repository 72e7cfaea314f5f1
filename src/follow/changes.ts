import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'

/** Something that is not as the look before saw it. */
export type Change =
  /** A pipeline's status; `before` is null for one that is seen for the first time. */
  | { what: 'pipeline'; pipeline: Pipeline; before: string | null }
  /** A job's status; one that is seen for the first time in a status that says nothing yet (`created`) is no change. */
  | { what: 'job'; job: Job; pipeline: Pipeline; before: string | null }

/** The pipelines of a tree, from the root down, each before its own. */
export function pipelinesIn(root: Pipeline): Pipeline[] {
  const below = root.jobs.flatMap(({ downstream }) => downstream?.pipeline ?? [])
  return [root, ...below.flatMap(pipelinesIn)]
}

/** All jobs of a tree, with their pipelines. */
export function jobsWithPipelines(root: Pipeline): { job: Job; pipeline: Pipeline }[] {
  return pipelinesIn(root).flatMap((pipeline) => pipeline.jobs.map((job) => ({ job, pipeline })))
}

/** What is new in a look: pipelines first of all that are in it, from the root down, each followed by its jobs. */
export function changesBetween(before: Pipeline | undefined, now: Pipeline): Change[] {
  const pipelines = new Map(before ? pipelinesIn(before).map(({ id, status }) => [id, status]) : [])
  const jobs = new Map(before ? jobsWithPipelines(before).map(({ job }) => [job.id, job.status]) : [])
  return pipelinesIn(now).flatMap((pipeline): Change[] => {
    const was = pipelines.get(pipeline.id) ?? null
    const own: Change[] = was === pipeline.status ? [] : [{ what: 'pipeline', pipeline, before: was }]
    const changed = pipeline.jobs.flatMap((job): Change[] => {
      const status = jobs.get(job.id) ?? null
      const isNew = !jobs.has(job.id) && (job.status === 'created' || job.status === 'skipped')
      return job.status === status || isNew ? [] : [{ what: 'job', job, pipeline, before: status }]
    })
    return [...own, ...changed]
  })
}
