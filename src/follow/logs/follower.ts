import type { Client } from '../../gitlab/api/client.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../../core/status.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import { JobLog, type LogSink } from './job-log.ts'
import { LogFilter, type ByteFilter } from './filter.ts'
import { isNamed, loggedJobsIn, type LoggedJob } from './logged-jobs.ts'
import { WholeLines } from './line-buffers.ts'
import { LogOffsets } from './offsets.ts'
import { LogReader } from './reader.ts'
import type { RequestTurn } from '../../http/request-rate.ts'

/** What reading logs needs besides them. */
export interface LogReading {
  /** Each log that is read after another waits for it. */
  turn: RequestTurn
  /** Reads a job by itself, of which the pipeline does not tell any more; as it was where it cannot be read. */
  readAgain: (job: LoggedJob, poll: PollPolicy) => Promise<LoggedJob>
}

/** Which logs to show, and how. */
export interface LogPlan {
  /** All jobs, failed jobs, failed jobs including those with allow_failure, or jobs by name or id. */
  which: 'all' | 'failed' | 'failed or allowed to' | readonly string[]
  /**
   * Show only the last lines of each log, once the pipeline has ended; undefined: show everything at once.
   */
  lastLines: number | undefined
  /** The last lines of at most this many jobs are shown. */
  mostJobs: number
  /** In place of the last lines, those around the first error where the last ones show none. */
  prefersError: boolean
  /** Show one job after the other instead of all at once. */
  isInTurn: boolean
  /** Write complete lines only, so that lines of several jobs do not mix. */
  isByLine: boolean
  keepsColors: boolean
  /** Show the time of each line, where the runner has written it. */
  keepsTimes: boolean
  /** Write the bytes unchanged, neither sanitized nor masked. */
  isRaw: boolean
  /** Prefix of each job's name. */
  path: string
  /** The texts to mask by now. */
  secrets: () => readonly string[]
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

/**
 * Of a log of more than twice this, only so much of its end is read for its last lines, in bytes, where the
 * server can; and where the first error is looked for, too.
 */
const tailBytes = 1024 * 1024
const errorBytes = 16 * 1024 * 1024

const nothing = Buffer.alloc(0)
const unchanged: ByteFilter = {
  filter: (bytes) => bytes,
  idle: () => nothing,
  end: () => nothing,
  lacksTimes: false,
}

class Follower implements LogFollower {
  readonly #client: Client
  readonly #plan: LogPlan
  readonly #sink: LogSink
  readonly #poll: PollPolicy
  readonly #turn: RequestTurn
  readonly #readAgain: LogReading['readAgain']
  readonly #offsets = new LogOffsets()
  /** By job id, in the order in which the jobs started. */
  readonly #logs = new Map<number, JobLog>()
  readonly #matched = new Set<string>()
  #leftOut: LoggedJob[] = []
  /** Some of the selected jobs are unfinished. */
  #isAwaiting = true

  constructor(client: Client, plan: LogPlan, sink: LogSink, poll: PollPolicy, reading: LogReading) {
    this.#client = client
    this.#plan = plan
    this.#sink = sink
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
    const wanted = this.#wantedIn(pipeline).filter(({ hasLog }) => hasLog)
    this.#leftOut = wanted.slice(mostJobs)
    for (const { jobId } of wanted.slice(0, mostJobs)) {
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
    const { which } = this.#plan
    return typeof which === 'string' ? [] : which.filter((word) => !this.#matched.has(word))
  }

  unfinished(): string[] {
    return [...this.#logs.values()].filter(({ isUnfinished }) => isUnfinished).map(({ job }) => job.name)
  }

  isComplete(): boolean {
    const { which } = this.#plan
    return (
      typeof which !== 'string' &&
      !this.#isAwaiting &&
      this.unknown().length === 0 &&
      this.#open().length === 0
    )
  }

  async #inTurn(read: () => Promise<void>): Promise<void> {
    await this.#turn()
    await read()
  }

  #wantedIn(pipeline: Pipeline): LoggedJob[] {
    return loggedJobsIn(pipeline, this.#plan.path).filter((job) => this.#isWanted(job))
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
    const jobs = this.#wantedIn(pipeline)
    this.#isAwaiting = jobs.some(({ status }) => !isFinished(status))
    for (const log of this.#logs.values()) log.isMissing = true
    for (const job of jobs) {
      if (!job.hasLog) continue
      const log = this.#logs.get(job.jobId) ?? this.#add(job)
      log.job = job
      log.isMissing = false
      log.isOver = isFinished(job.status)
    }
  }

  #isWanted(job: LoggedJob): boolean {
    const { which } = this.#plan
    if (which === 'all') return true
    if (which === 'failed') return job.status === 'failed' && !job.allowFailure
    if (which === 'failed or allowed to') return job.status === 'failed'
    const matches = which.filter((word) => isNamed(job, word))
    for (const word of matches) this.#matched.add(word)
    return matches.length > 0
  }

  #add(job: LoggedJob): JobLog {
    const { lastLines, prefersError, isByLine, isRaw, keepsColors, keepsTimes, secrets } = this.#plan
    const reader = new LogReader(
      this.#client.forProject(job.project),
      job.jobId,
      this.#offsets,
      this.#turn,
      lastLines === undefined ? undefined : prefersError ? errorBytes : tailBytes,
    )
    const filter = isRaw
      ? unchanged
      : new LogFilter(keepsColors, secrets, { keepsTimes, marksOverwriting: lastLines !== undefined })
    const log = new JobLog(job, reader, filter, isByLine ? new WholeLines() : undefined, this.#sink)
    this.#logs.set(job.jobId, log)
    return log
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
