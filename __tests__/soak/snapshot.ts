import type { Pipeline } from '../../src/sandbox/server.ts'
import { jobLife, pipelineLife } from '../../src/sandbox/life/life.ts'

type SandboxJob = Pipeline['jobs'][number]

/** A pipeline as the sandbox has it on record at a moment, with all that is below. */
export interface Snapshot {
  id: number
  project: number
  status: string
  hasWarnings: boolean
  /** Its jobs could not be read (unread.ts). */
  isHidden?: true
  /** When its status changed the last time. */
  updatedAt: number
  startedAt: number | null
  finishedAt: number | null
  /** Those that no retry has replaced, in the order of their stages. */
  jobs: JobSnapshot[]
}

/** A job of it. */
export interface JobSnapshot {
  id: number
  name: string
  status: string
  mayFail: boolean
  hasStarted: boolean
  finishedAt: number | null
  isBridge: boolean
  below: Snapshot | undefined
}

/** The moment, by the clock of the server, and the length of a step, in ms. */
export interface Moment {
  now: number
  paceMs: number
}

function jobSnapshot(pipeline: Pipeline, job: SandboxJob, moment: Moment): JobSnapshot {
  const { status, startedAt, finishedAt } = jobLife(pipeline, job, moment)
  return {
    ...{ id: job.id, name: job.name, status, finishedAt },
    mayFail: job.plan.allowFailure === true,
    hasStarted: startedAt !== null,
    isBridge: job.plan.downstream !== undefined,
    below: job.downstream && snapshotOf(job.downstream, moment),
  }
}

/** The record of a pipeline, read in the sandbox itself. */
export function snapshotOf(pipeline: Pipeline, moment: Moment): Snapshot {
  const { status, warnings, startedAt, finishedAt, updatedAt } = pipelineLife(pipeline, moment)
  const jobs = pipeline.jobs.filter(({ retried }) => !retried)
  return {
    ...{ id: pipeline.id, project: pipeline.project.id, status, startedAt, finishedAt, updatedAt },
    hasWarnings: status === 'success' && warnings,
    jobs: jobs.map((job) => jobSnapshot(pipeline, job, moment)),
  }
}

/** Whether anything of a tree has started; a bridge that waits for nothing is never seen to run. */
export function isStarted(root: Snapshot): boolean {
  const began = ['running', 'success', 'failed']
  return (
    root.startedAt !== null ||
    jobsIn(root).some(({ job }) => job.hasStarted || (job.isBridge && began.includes(job.status)))
  )
}

/** All jobs of a tree with their pipelines, those of a pipeline before those below it. */
export function jobsIn(root: Snapshot): { job: JobSnapshot; pipeline: Snapshot }[] {
  const own = root.jobs.map((job) => ({ job, pipeline: root }))
  return [...own, ...own.flatMap(({ job }) => (job.below ? jobsIn(job.below) : []))]
}

/** A pipeline and all that is below it. */
export function pipelinesIn(root: Snapshot): Snapshot[] {
  return [root, ...root.jobs.flatMap(({ below }) => (below ? pipelinesIn(below) : []))]
}
