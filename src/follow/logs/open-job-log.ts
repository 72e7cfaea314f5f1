import type { Client } from '../../gitlab/api/client.ts'
import type { RequestTurn } from '../../http/request-rate.ts'
import { LogFilter, type ByteFilter } from './filter.ts'
import { JobLog, type LogSink } from './job-log.ts'
import { WholeLines } from './line-buffers.ts'
import type { LogPlan } from './log-plan.ts'
import type { LoggedJob } from './logged-jobs.ts'
import type { LogOffsets } from './offsets.ts'
import { LogReader } from './reader.ts'

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

/** Opens the log of one job, with the filters that its plan asks for. `offsets` is shared by all logs of a pipeline. */
export function openJobLog(
  job: LoggedJob,
  client: Client,
  plan: LogPlan,
  sink: LogSink,
  offsets: LogOffsets,
  turn: RequestTurn,
): JobLog {
  const { lastLines, prefersError, isByLine, isRaw, keepsColors, keepsTimes, secrets } = plan
  const tail = prefersError ? errorBytes : tailBytes
  const reader = new LogReader(
    client.forProject(job.project),
    job.jobId,
    offsets,
    turn,
    lastLines === undefined ? undefined : tail,
  )
  const filter = isRaw
    ? unchanged
    : new LogFilter(keepsColors, secrets, { keepsTimes, marksOverwriting: lastLines !== undefined })
  return new JobLog(job, reader, filter, isByLine ? new WholeLines() : undefined, sink)
}
