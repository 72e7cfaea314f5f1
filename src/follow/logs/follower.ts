import type { Client } from '../../gitlab/api/client.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../../core/status.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import { JobLog, type LogSink } from './job-log.ts'
import { LogFilter, type Cleaner } from './filter.ts'
import { isNamed, loggedJobsIn, type LoggedJob } from './logged-jobs.ts'
import { WholeLines } from './line-buffers.ts'
import { LogOffsets, LogReader } from './reader.ts'

/** Which logs are shown, and how. */
export interface LogPlan {
  /** All, those of failed jobs, those of failed jobs that may fail too, or those of jobs by name or id. */
  which: 'all' | 'failed' | 'failed or allowed to' | readonly string[]
  /** Only so many last lines of each, once everything is over; undefined: all of them, as they come. */
  lastLines: number | undefined
  /** One job after the other, in place of all at once. */
  isInTurn: boolean
  /** Whole lines only are handed on, so that those of several jobs do not mix. */
  isByLine: boolean
  keepsColors: boolean
  /** The bytes as they are, in place of all that makes them fit to be shown. */
  isRaw: boolean
  /** Stands before the name of each job. */
  path: string
  /** What must not leave: the texts of a SecretRegistry. */
  secrets: readonly string[]
}

/** Shows the logs of a pipeline's jobs and of what is downstream of it, between looks at it. */
export interface LogFollower {
  /** Shows what is new, after a look. */
  pull(pipeline: Pipeline): Promise<void>
  /** Shows the rest, after the last look. */
  finish(pipeline: Pipeline): Promise<void>
  /** The words of the plan that have named no job in any look. */
  unknown(): string[]
  /** Whether nothing more can come: jobs were named, and all of them are over and shown. */
  isComplete(): boolean
}

/** So many logs are read after one look; the others have their turn after the next. */
const mostAtOnce = 6

/** Held of a log for each of its last lines, in bytes, and for all of them. */
const heldPerLine = 1024
const leastHeld = 65_536
const mostHeld = 8 * 1024 * 1024

const asTheyAre: Cleaner = { clean: (bytes) => bytes, end: () => Buffer.alloc(0) }

class Follower implements LogFollower {
  readonly #client: Client
  readonly #plan: LogPlan
  readonly #sink: LogSink
  readonly #patience: PollPolicy
  readonly #offsets = new LogOffsets()
  /** By the job's id, in the order in which they started. */
  readonly #logs = new Map<number, JobLog>()
  readonly #known = new Set<string>()
  /** Some that are wanted are not over. */
  #isAwaiting = true

  constructor(client: Client, plan: LogPlan, sink: LogSink, patience: PollPolicy) {
    this.#client = client
    this.#plan = plan
    this.#sink = sink
    this.#patience = patience
  }

  async pull(pipeline: Pipeline): Promise<void> {
    this.#look(pipeline)
    if (this.#plan.lastLines !== undefined) return
    if (this.#plan.isInTurn) {
      for (const log of this.#open()) {
        await log.pull(this.#patience)
        if (!log.isDone) return
      }
      return
    }
    const next = this.#open().sort((a, b) => a.readAt - b.readAt)
    await Promise.all(next.slice(0, mostAtOnce).map((log) => log.pull(this.#patience)))
  }

  async finish(pipeline: Pipeline): Promise<void> {
    this.#look(pipeline)
    const { lastLines } = this.#plan
    for (const log of this.#open()) {
      if (lastLines === undefined) await log.drain(this.#patience)
      else await log.showLast(lastLines, this.#held(lastLines), this.#patience)
    }
  }

  unknown(): string[] {
    const { which } = this.#plan
    return typeof which === 'string' ? [] : which.filter((word) => !this.#known.has(word))
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

  #held(lastLines: number): number {
    return Math.min(mostHeld, Math.max(leastHeld, lastLines * heldPerLine))
  }

  #open(): JobLog[] {
    return [...this.#logs.values()].filter(({ isDone }) => !isDone)
  }

  /** Notices new jobs, and which are over: also those that are gone, since a retry has replaced them. */
  #look(pipeline: Pipeline): void {
    const jobs = loggedJobsIn(pipeline, this.#plan.path).filter((job) => this.#isWanted(job))
    this.#isAwaiting = jobs.some(({ status }) => !isFinished(status))
    for (const log of this.#logs.values()) log.isOver = true
    for (const job of jobs) {
      if (!job.hasLog) continue
      const log = this.#logs.get(job.jobId) ?? this.#add(job)
      log.job = job
      log.isOver = isFinished(job.status)
    }
  }

  #isWanted(job: LoggedJob): boolean {
    const { which } = this.#plan
    if (which === 'all') return true
    if (which === 'failed') return job.status === 'failed' && !job.allowFailure
    if (which === 'failed or allowed to') return job.status === 'failed'
    const words = which.filter((word) => isNamed(job, word))
    for (const word of words) this.#known.add(word)
    return words.length > 0
  }

  #add(job: LoggedJob): JobLog {
    const { lastLines, isByLine, isRaw, keepsColors, secrets } = this.#plan
    const reader = new LogReader(
      this.#client.forProject(job.project),
      job.jobId,
      this.#offsets,
      lastLines === undefined ? undefined : this.#held(lastLines),
    )
    const cleaner = isRaw ? asTheyAre : new LogFilter(keepsColors, secrets)
    const log = new JobLog(job, reader, cleaner, isByLine ? new WholeLines() : undefined, this.#sink)
    this.#logs.set(job.jobId, log)
    return log
  }
}

/**
 * Follows the logs of a pipeline that `client` may read. What may not be read is told to the sink, and so is what could not be read for longer than
 * the patience's grace; pull and finish throw only what the sink throws, and an abort's reason.
 */
export function followLogs(client: Client, plan: LogPlan, sink: LogSink, patience: PollPolicy): LogFollower {
  return new Follower(client, plan, sink, patience)
}
