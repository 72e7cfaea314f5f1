import type { Job, Pipeline } from './world.ts'

/** How far a job or a pipeline is; times in milliseconds. */
export interface Life {
  status: string
  startedAt: number | null
  finishedAt: number | null
  updatedAt: number
}

/** The steps of a pipeline whose jobs run one after another: job i is pending at 1 + 2i, running at 2 + 2i, done at 3 + 2i. */
const pendingAt = (index: number): number => 1 + 2 * index
const runningAt = (index: number): number => 2 + 2 * index
const doneAt = (index: number): number => 3 + 2 * index

function stepOf(pipeline: Pipeline, paceMs: number, now: number): number {
  if (paceMs <= 0) return Infinity
  return Math.max(0, Math.floor((now - pipeline.createdAt) / paceMs))
}

/** The place of the last job that runs: the first that fails, or the last of all. */
function lastRunning(pipeline: Pipeline): number {
  const failing = pipeline.jobs.findIndex((job) => job.fails)
  return failing < 0 ? pipeline.jobs.length - 1 : failing
}

function life(status: string, pipeline: Pipeline, paceMs: number, steps: (number | null)[]): Life {
  const at = (step: number | null | undefined): number | null =>
    step === undefined || step === null ? null : pipeline.createdAt + step * paceMs
  const [started, finished, updated] = steps
  return {
    status,
    startedAt: at(started),
    finishedAt: at(finished),
    updatedAt: pipeline.createdAt + (updated ?? 0) * paceMs,
  }
}

/** How far a job is: a pure function of the time it was made, the pace and the clock. */
export function jobLife(pipeline: Pipeline, job: Job, paceMs: number, now: number): Life {
  const index = pipeline.jobs.indexOf(job)
  const step = stepOf(pipeline, paceMs, now)
  const last = lastRunning(pipeline)
  if (index > last) {
    const skipped = step >= doneAt(last)
    return life(skipped ? 'skipped' : 'created', pipeline, paceMs, [])
  }
  if (step < pendingAt(index)) return life('created', pipeline, paceMs, [])
  if (step < runningAt(index)) return life('pending', pipeline, paceMs, [null, null, pendingAt(index)])
  const started = runningAt(index)
  if (step < doneAt(index)) return life('running', pipeline, paceMs, [started, null, started])
  return life(job.fails ? 'failed' : 'success', pipeline, paceMs, [started, doneAt(index), doneAt(index)])
}

/** How far a pipeline is. */
export function pipelineLife(pipeline: Pipeline, paceMs: number, now: number): Life {
  if (pipeline.fixedStatus !== undefined) return life(pipeline.fixedStatus, pipeline, paceMs, [])
  const step = stepOf(pipeline, paceMs, now)
  const last = lastRunning(pipeline)
  if (step < pendingAt(0)) return life('created', pipeline, paceMs, [])
  if (step < runningAt(0)) return life('pending', pipeline, paceMs, [null, null, pendingAt(0)])
  const started = runningAt(0)
  if (step < doneAt(last)) return life('running', pipeline, paceMs, [started, null, step])
  const status = pipeline.jobs[last]?.fails === true ? 'failed' : 'success'
  return life(status, pipeline, paceMs, [started, doneAt(last), doneAt(last)])
}

/** How a pipeline is at the moment of its birth, which is what the trigger call answers. */
export function birth(pipeline: Pipeline): Life {
  return life(pipeline.fixedStatus ?? 'created', pipeline, 0, [])
}
