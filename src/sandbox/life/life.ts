import type { Pipeline } from '../world/model.ts'
import type { Job } from '../world/model.ts'
import { hasWarnings } from './composite.ts'
import { jobLines, latestJobs, pipelineLine } from './lines.ts'
import type { Time } from './time.ts'
import { momentOf, tickOf } from './time.ts'
import type { Timeline } from './timeline.ts'
import { changeAt, finishOf, queuedOf, startOf } from './timeline.ts'

/** The state of a job or a pipeline; times in milliseconds. */
export interface Life {
  status: string
  queuedAt: number | null
  startedAt: number | null
  finishedAt: number | null
  updatedAt: number
  /** Whether it succeeded although jobs failed, which were allowed to. */
  warnings: boolean
  /** The share of a job's work that is done, from 0 to 1. */
  progress: number
}

function progressOf(line: Timeline, tick: number, started: number | null): number {
  if (started === null) return 0
  const { status, at } = changeAt(line, tick)
  if (status !== 'running' && status !== 'canceling') return 1
  const end = line.find((change) => change.at > at)?.at ?? started + 10
  return Math.min(1, Math.max(0, (tick - started) / Math.max(1, end - started)))
}

function lifeAt(pipeline: Pipeline, line: Timeline, time: Time): Life {
  const tick = tickOf(pipeline, time)
  const at = (one: number | null): number | null =>
    one === null ? null : momentOf(pipeline, one, time.paceMs)
  const started = startOf(line, tick)
  const finished = finishOf(line, tick)
  const { status, at: changed } = changeAt(line, tick)
  return {
    status,
    queuedAt: at(queuedOf(line, tick)),
    startedAt: at(started),
    finishedAt: at(finished),
    updatedAt: momentOf(pipeline, changed, time.paceMs),
    warnings: false,
    progress: progressOf(line, tick, started),
  }
}

/** The state of a job, computed from its plan, what was done to it, the pace and the clock (or the polls). */
export function jobLife(pipeline: Pipeline, job: Job, time: Time): Life {
  return lifeAt(pipeline, jobLines(pipeline).get(job) ?? [], time)
}

/** The state of a pipeline. */
export function pipelineLife(pipeline: Pipeline, time: Time): Life {
  const tick = tickOf(pipeline, time)
  const lines = jobLines(pipeline)
  const parts = latestJobs(pipeline).map((job) => ({
    status: changeAt(lines.get(job) ?? [], tick).status,
    allowFailure: job.plan.allowFailure === true,
  }))
  return { ...lifeAt(pipeline, pipelineLine(pipeline), time), warnings: hasWarnings(parts) }
}

/** The state of a pipeline at the moment of its creation, which is what the trigger call answers. */
export function initialLife(pipeline: Pipeline): Life {
  const { createdAt } = pipeline
  return {
    status: changeAt(pipelineLine(pipeline), 0).status,
    queuedAt: null,
    startedAt: null,
    finishedAt: null,
    updatedAt: createdAt,
    warnings: false,
    progress: 0,
  }
}
