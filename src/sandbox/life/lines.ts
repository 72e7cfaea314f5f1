import type { Pipeline } from '../world/model.ts'
import type { Job } from '../world/model.ts'
import { composite } from './composite.ts'
import type { Change, Timeline } from './timeline.ts'
import { changeAt, lastOf, timelineOf } from './timeline.ts'

/** The jobs that no retry has replaced. */
export function latestJobs(pipeline: Pipeline): Job[] {
  return pipeline.jobs.filter((job) => !job.retried)
}

/**
 * The timeline of a bridge. With `strategy: depend` it ends as its downstream pipeline does, else when that
 * has started.
 */
function bridgeLine(job: Job, from: number): Timeline {
  const queued = { at: from, status: 'pending' }
  if (job.plan.downstream?.depend !== true) return [queued, { at: from + 1, status: 'success' }]
  const running = [queued, { at: from + 1, status: 'running' }]
  if (job.downstream === undefined) return running
  const below = lastOf(pipelineLine(job.downstream))
  return below.ends ? [...running, { at: from + 1 + below.at, status: below.status }] : running
}

/** The timeline of a job that is queued at a tick. */
export function runLine(job: Job, from: number): Timeline {
  const { before = [], waits = 1, runs = 1, ends = 'success', stuck = false, downstream } = job.plan
  if (downstream !== undefined) return bridgeLine(job, from)
  const first = before.map((status, index) => ({ at: from + index, status }))
  const queued = from + before.length
  const pending = [...first, { at: queued, status: 'pending' }]
  if (stuck) return pending
  const started = queued + waits
  return [...pending, { at: started, status: 'running' }, { at: started + runs, status: ends }]
}

/** The timeline of a job whose stage begins at a tick. */
function readyLine(job: Job, from: number): Timeline {
  const { when = 'on_success', delay = 3 } = job.plan
  if (when === 'on_success' || job.enqueued) return runLine(job, from)
  if (when === 'manual') return [{ at: from, status: 'manual' }]
  return [{ at: from, status: 'scheduled' }, ...runLine(job, from + delay)]
}

interface Gate {
  /** When the next stage may begin; null if that is not known yet. */
  at: number | null
  failed: boolean
}

function jobLine(job: Job, gate: Gate): Timeline {
  if (job.pinned !== undefined) return job.pinned
  if (job.plan.statuses !== undefined) return timelineOf(job.plan.statuses)
  const born = { at: job.bornAt, status: 'created' }
  if (gate.at === null) return [born]
  const from = Math.max(gate.at, job.bornAt)
  return gate.failed ? [born, { at: from, status: 'skipped' }] : [born, ...readyLine(job, from)]
}

/** When and how the stages after a job may begin. */
function passed(gate: Gate, job: Job, line: Timeline): Gate {
  const { at, status, ends } = lastOf(line)
  const mayFail = job.plan.allowFailure === true
  if (!ends && !(mayFail && status === 'manual')) return { ...gate, at: null }
  const failed = gate.failed || (!mayFail && (status === 'failed' || status === 'canceled'))
  return { failed, at: gate.at === null ? null : Math.max(gate.at, at) }
}

/** What has been computed during the present call of `whileUnchanged`. */
let known: { jobs: Map<Pipeline, Map<Job, Timeline>>; pipelines: Map<Pipeline, Timeline> } | undefined

/**
 * Calls what changes no pipeline: each timeline is computed once in it. Every row of a list of jobs needs those of all
 * jobs, so that else a pipeline of 150 jobs would take seconds for a few pages.
 */
export function whileUnchanged<Result>(work: () => Result): Result {
  known = { jobs: new Map(), pipelines: new Map() }
  try {
    return work()
  } finally {
    known = undefined
  }
}

/**
 * The timelines of all jobs of a pipeline: stages run one after another, the jobs of a stage side by side.
 */
export function jobLines(pipeline: Pipeline): Map<Job, Timeline> {
  const lines = known?.jobs.get(pipeline) ?? computedJobLines(pipeline)
  known?.jobs.set(pipeline, lines)
  return lines
}

function computedJobLines(pipeline: Pipeline): Map<Job, Timeline> {
  const lines = new Map<Job, Timeline>()
  let gate: Gate = { at: 1 + pipeline.startsAfter, failed: false }
  const latest = latestJobs(pipeline)
  for (const stage of new Set(latest.map((job) => job.stage))) {
    let next = gate
    for (const job of latest.filter((one) => one.stage === stage)) {
      const line = jobLine(job, gate)
      lines.set(job, line)
      next = passed(next, job, line)
    }
    gate = next
  }
  for (const job of pipeline.jobs) if (job.retried) lines.set(job, job.pinned ?? [])
  return lines
}

/** The timeline of a pipeline: prescribed by its script, or computed from its jobs. */
export function pipelineLine(pipeline: Pipeline): Timeline {
  const line = known?.pipelines.get(pipeline) ?? computedLine(pipeline)
  known?.pipelines.set(pipeline, line)
  return line
}

function computedLine(pipeline: Pipeline): Timeline {
  if (pipeline.fixedStatus !== undefined) return [{ at: 0, status: pipeline.fixedStatus }]
  if (pipeline.statuses !== undefined) return timelineOf(pipeline.statuses)
  const latest = latestJobs(pipeline)
  const lines = jobLines(pipeline)
  const ticks = new Set([0, ...latest.flatMap((job) => (lines.get(job) ?? []).map(({ at }) => at))])
  const changes = [...ticks]
    .sort((one, other) => (one === other ? 0 : one - other))
    .map((at): Change => {
      const parts = latest.map((job) => ({
        status: changeAt(lines.get(job) ?? [], at).status,
        allowFailure: job.plan.allowFailure === true,
      }))
      return { at, status: composite(parts) }
    })
  return changes.filter(({ status }, index) => status !== changes[index - 1]?.status)
}
