import type { Client } from '../../gitlab/api/client.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../../core/status.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import type { JobLog, LogSink } from './job-log.ts'
import { JobSelection } from './job-selection.ts'
import type { LogPlan } from './log-plan.ts'
import type { LoggedJob } from './logged-jobs.ts'
import { openJobLog } from './open-job-log.ts'
import { LogOffsets } from './offsets.ts'
import type { RequestTurn } from '../../http/request-rate.ts'

/** What reading logs needs besides them. */
export interface LogReading {
  /** Each log that is read after another waits for it. */
  turn: RequestTurn
  /** Reads a job by itself, of which the pipeline does not tell any more; as it was where it cannot be read. */
  readAgain: (job: LoggedJob, poll: PollPolicy) => Promise<LoggedJob>
}

/** Shows the logs of a pipeline's jobs, downstream ones included. */
export interface LogFollower {
  /** Takes note of the jobs that there are, before the first poll: a retry may replace some of them until then. */
  note(pipeline: Pipeline): void
  /** Shows new output, after each poll. */
  pull(pipeline: Pipeline): Promise<void>
  /** Shows the rest, after the last poll. */
  finish(pipeline: Pipeline): Promise<void>
  /** The jobs that were left out because there were too many. */
  leftOut(): readonly LoggedJob[]
  /** The names and ids of the plan that matched no job so far. */
  unknown(): string[]
  /** The names of the jobs that were not over when the last of their logs was shown. */
  unfinished(): string[]
  /** Whether all named jobs have ended and their logs are complete. */
  isComplete(): boolean
}

/** Number of logs read after one poll; the others are read after the next one. */
const maxParallel = 6

class Follower implements LogFollower {
  readonly #plan: LogPlan
  readonly #selection: JobSelection
  readonly #openLog: (job: LoggedJob) => JobLog
  readonly #poll: PollPolicy
  readonly #turn: RequestTurn
  readonly #readAgain: LogReading['readAgain']
  /** By job id, in the order in which the jobs started. */
  readonly #logs = new Map<number, JobLog>()
  #leftOut: LoggedJob[] = []
  /** Some of the selected jobs are unfinished. */
  #isAwaiting = true

  constructor(client: Client, plan: LogPlan, sink: LogSink, poll: PollPolicy, reading: LogReading) {
    const offsets = new LogOffsets()
    this.#plan = plan
    this.#selection = new JobSelection(plan)
    this.#openLog = (job) => openJobLog(job, client, plan, sink, offsets, reading.turn)
    this.#poll = poll
    this.#turn = reading.turn
    this.#readAgain = reading.readAgain
  }

  note(pipeline: Pipeline): void {
    this.#update(pipeline)
  }

  async pull(pipeline: Pipeline): Promise<void> {
    this.#update(pipeline)
    if (this.#plan.lastLines !== undefined) return
    if (this.#plan.isInTurn) {
      for (const log of this.#open()) {
        await this.#pull(log)
        if (!log.isDone) return
        await this.#turn()
      }
      return
    }
    const next = this.#open().sort((a, b) => a.readAt - b.readAt)
    await Promise.all(next.slice(0, maxParallel).map((log) => this.#pull(log)))
  }

  async finish(pipeline: Pipeline): Promise<void> {
    this.#update(pipeline)
    const { lastLines, prefersError, mostJobs } = this.#plan
    if (lastLines === undefined) {
      for (const log of this.#open())
        await this.#inTurn(async () => {
          await this.#lookAfter(log, this.#poll)
          await log.drain(this.#poll)
        })
      return
    }
    // In the order of the pipeline, without those that a retry has replaced since.
    const selected = this.#selection.jobsIn(pipeline).filter(({ hasLog }) => hasLog)
    this.#leftOut = selected.slice(mostJobs)
    for (const { jobId } of selected.slice(0, mostJobs)) {
      const log = this.#logs.get(jobId)
      if (!log || log.isDone) continue
      await this.#inTurn(async () => {
        await this.#lookAfter(log, this.#poll)
        await log.showLast(lastLines, prefersError, this.#poll)
      })
    }
  }

  leftOut(): readonly LoggedJob[] {
    return this.#leftOut
  }

  unknown(): string[] {
    return this.#selection.unknown()
  }

  unfinished(): string[] {
    return [...this.#logs.values()].filter(({ isUnfinished }) => isUnfinished).map(({ job }) => job.name)
  }

  isComplete(): boolean {
    return this.#selection.areAllKnown() && !this.#isAwaiting && this.#open().length === 0
  }

  async #inTurn(read: () => Promise<void>): Promise<void> {
    await this.#turn()
    await read()
  }

  async #pull(log: JobLog): Promise<void> {
    // What fails is left to the next call.
    if (log.isMissing) await this.#lookAfter(log, { ...this.#poll, graceMs: 0 })
    await log.pull(this.#poll)
  }

  /** Looks whether a job has ended in the meantime. */
  async #lookAfter(log: JobLog, poll: PollPolicy): Promise<void> {
    if (log.isOver) return
    log.job = await this.#readAgain(log.job, poll)
    log.isOver = isFinished(log.job.status)
  }

  #open(): JobLog[] {
    return [...this.#logs.values()].filter(({ isDone }) => !isDone)
  }

  /** Adds new jobs and updates others. */
  #update(pipeline: Pipeline): void {
    const jobs = this.#selection.jobsIn(pipeline)
    this.#isAwaiting = jobs.some(({ status }) => !isFinished(status))
    for (const log of this.#logs.values()) log.isMissing = true
    for (const job of jobs) {
      if (!job.hasLog) continue
      const log = this.#logs.get(job.jobId) ?? this.#openLog(job)
      this.#logs.set(job.jobId, log)
      log.job = job
      log.isMissing = false
      log.isOver = isFinished(job.status)
    }
  }
}

/**
 * Creates a follower for the logs of a pipeline. Logs that cannot be read, at all or for longer than the
 * grace period, are reported to the sink. `pull` and `finish` throw only errors of the sink and the reason of
 * an abort. Each log that is read after another waits for its `turn`.
 */
export function followLogs(
  client: Client,
  plan: LogPlan,
  sink: LogSink,
  poll: PollPolicy,
  reading: LogReading,
): LogFollower {
  return new Follower(client, plan, sink, poll, reading)
}
