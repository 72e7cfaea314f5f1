import { usageError, type TriggerError } from '../core/errors.ts'
import { hiddenJobsIn } from '../follow/logs/hidden-jobs.ts'
import { isNamed, loggedJobsIn } from '../follow/logs/logged-jobs.ts'
import type { LogPrinter, LogSelection } from '../follow/logs/printer.ts'
import { followPrinting } from '../pipelines/logs/follow-logs.ts'
import { namedJobs, noSuchJob, unreadJobs, unreadLog } from '../pipelines/logs/log-selection.ts'
import { printedLogs } from '../pipelines/logs/log-stream.ts'
import { followedOf } from '../pipelines/open-pipelines.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import { pipelineForLogs, shortGraceMs } from '../pipelines/logs/pipeline-for-logs.ts'
import { realTime } from '../platform/clock.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import type { CallClock } from './context.ts'
import { LineQueue } from './line-queue.ts'
import { logsTable } from './option-table.ts'
import type { LogLine, LogsOptions } from './options.ts'
import { checkPipelineOptions, onPipeline, plainSettings, type OpenCall } from './pipeline-call.ts'
import { stopSignal } from './stop-signal.ts'

const done = (): Promise<void> => Promise.resolve()

/** Puts the lines of logs into a queue. */
function queuePrinter(queue: LineQueue<LogLine>, { context: { secrets } }: OpenCall): LogPrinter {
  return {
    sink: {
      begin: done,
      write(job, bytes) {
        const lines = bytes.toString().replace(/\n$/, '').split('\n')
        return queue.put(lines.map((line) => ({ job: secrets.redact(job.name), jobId: job.jobId, line })))
      },
      end: done,
    },
    form: {
      ...{ keepsColors: false, isRaw: false, keepsTimes: false, isInTurn: false, isByLine: true },
      secrets: () => secrets.forms(),
    },
  }
}

/** Which logs to read: `words` name jobs. */
function selectionOf({ failed }: LogsOptions, words: readonly string[]): LogSelection {
  const which = failed ? 'failed or allowed to' : words.length > 0 ? words : 'all'
  return { which, lastLines: undefined, mostJobs: Infinity, prefersError: false, path: '', isAlone: false }
}

/** Reads the logs into a queue. Throws a TriggerError for the first that could not be read, once the others were. */
async function readInto(queue: LineQueue<LogLine>, options: LogsOptions, call: OpenCall): Promise<void> {
  const { open, opened, context, budget, follow, since } = call
  const { interval, turn } = opened
  const words = namedJobs(open, options.job === undefined ? [] : [String(options.job)])
  const poll = pollPolicy(context, options.follow ? follow.pollGraceMs : shortGraceMs, budget.signal)
  const pipeline = await pipelineForLogs(open, words, poll, turn)
  const jobs = loggedJobsIn(pipeline)
  const unknown = words.find((word) => !jobs.some((job) => isNamed(job, word)))
  if (!options.follow && unknown !== undefined && hiddenJobsIn(pipeline).length === 0)
    throw noSuchJob(pipeline, unknown)
  // A log may be as long as it likes. What is followed has the same limit from its own begin on.
  if (options.follow || options.timeoutMs === undefined) budget.lift()
  const unread: TriggerError[] = []
  const followed = options.follow
    ? followedOf(open, { interval, since, serverNow: undefined }, context)
    : undefined
  const follower = printedLogs(
    followed?.client ?? open.client,
    selectionOf(options, words),
    queuePrinter(queue, call),
    {
      unreadable(job, error) {
        unread.push(unreadLog(open, job, error))
        return done()
      },
      noted: done,
    },
    followed ? { ...poll, ...pollPolicy(context, follow.pollGraceMs, followed.budget.signal) } : poll,
    interval,
  )
  let last = pipeline
  if (followed) last = await followPrinting(followed, pipeline, follower, plainSettings(call, options))
  else await follower.finish(pipeline)
  const isFailed = (status: string): boolean => status === 'failed'
  for (const hidden of hiddenJobsIn(last, options.failed ? isFailed : undefined))
    unread.push(unreadJobs(open, hidden))
  const [first] = unread
  if (first) throw first
}

/** Reads the logs of a pipeline line by line, as `logs` does. */
export async function* readLogs(
  options: LogsOptions,
  clock: CallClock = realTime,
): AsyncGenerator<LogLine, void, void> {
  checkPipelineOptions(options, logsTable)
  if (options.failed && options.job !== undefined)
    throw usageError('job and failed cannot be used together', 'Leave out one of them.')
  const stopping = stopSignal(options.signal)
  const queue = new LineQueue<LogLine>(stopping.signal)
  const reading = onPipeline({ options, table: logsTable, clock, stopping }, async (call) => {
    const { failure } = await pipelineOutcome(call.open, async () => {
      await readInto(queue, options, call)
      return call.open.first
    })
    if (failure) throw failure
  }).finally(() => {
    queue.end()
  })
  reading.catch(() => undefined)
  try {
    yield* queue.taken()
    await reading
  } finally {
    // After a `break` nothing more is read: it ends once the connections are closed.
    stopping.stop()
    await reading.catch(() => undefined)
  }
}
