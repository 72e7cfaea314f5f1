import type { Plan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import type { Reporter } from '../../events.ts'
import { hiddenJobsIn } from '../../follow/logs/hidden-jobs.ts'
import type { LogSelection } from '../../follow/logs/printer.ts'
import type { PollInterval } from '../../follow/poll-interval.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { RequestTurn } from '../../http/request-rate.ts'
import type { LogsFlags } from '../../options/pipelines.ts'
import { followPrinting } from '../../pipelines/logs/follow-logs.ts'
import { unreadJobs, unreadLog } from '../../pipelines/logs/log-selection.ts'
import { printedLogs } from '../../pipelines/logs/log-stream.ts'
import { shortGraceMs } from '../../pipelines/logs/pipeline-for-logs.ts'
import { trackLogs } from '../../pipelines/logs/tracked-logs.ts'
import { followedOf } from '../../pipelines/open-pipelines.ts'
import { followSettings } from '../../session/follow-settings.ts'
import { streamLogPrinter } from '../../session/log-printer.ts'
import { pollPolicy } from '../../session/poll-policy.ts'
import { selectedJobs, type LogTask } from './selected-jobs.ts'

/** What the tasks of one call have in common. */
export interface LogWork {
  flags: LogsFlags
  plan: Plan
  interval: PollInterval
  turn: RequestTurn
  /** When the command began, in ms since 1970. */
  since: number
  context: Context
  report: Reporter
  lastLines: number | undefined
  /** Ends everything. */
  signal: AbortSignal
}

/** How long reads are repeated after transient errors, in ms. */
export function graceMs({ flags, plan }: LogWork): number {
  return flags.follow ? plan.follow.pollGraceMs : shortGraceMs
}

/** What is said where there is nothing to print. */
function nothingToShow({ pipeline }: LogTask, { flags }: LogWork): string {
  return flags.failed
    ? `No job of pipeline ${pipeline.id} has failed.`
    : `Pipeline ${pipeline.id} has no log yet: none of the selected jobs has started.`
}

/**
 * Prints the logs of a task. Resolves to its pipeline as it was last read. Throws a TriggerError for the first log that
 * could not be read; the others are reported.
 */
export async function showLogs(
  task: LogTask,
  isAlone: boolean,
  path: string,
  work: LogWork,
): Promise<Pipeline> {
  const { flags, plan, interval, since, lastLines, context, report, signal } = work
  const { open, pipeline, words } = task
  const unread: TriggerError[] = []
  const selection: LogSelection = {
    which: flags.failed ? 'failed or allowed to' : words.length > 0 ? words : 'all',
    lastLines,
    mostJobs: Infinity,
    prefersError: flags.failed === true && flags.lines === undefined,
    path,
    isAlone,
  }
  const format = { color: flags.color, isRaw: flags.raw ?? false, keepsTimes: flags.timestamps ?? false }
  const followed = flags.follow
    ? followedOf(open, { interval, since, serverNow: undefined }, context)
    : undefined
  // Where the log itself is what is seen, it shows how far it is.
  const isHidden = !followed && !context.stdout.isTTY && context.stderr.isTTY
  const tracked = isHidden
    ? trackLogs(open.client, selectedJobs(task, flags), { report, clock: context })
    : undefined
  const follower = printedLogs(
    followed?.client ?? tracked?.client ?? open.client,
    selection,
    await streamLogPrinter(context.stdout, selection, format, context),
    {
      unreadable(job, error) {
        unread.push(unreadLog(open, job, error))
        return Promise.resolve()
      },
      noted: ({ name }, text) => report({ type: 'noted', text: `The log of ${name} ${text}.` }),
    },
    pollPolicy(context, graceMs(work), followed?.budget.signal ?? signal),
    interval,
  )
  const following = { ...followSettings(flags, plan, context, report), context, report }
  const hasLogs = selectedJobs(task, flags).some(({ hasLog }) => hasLog)
  let last = pipeline
  if (followed) last = await followPrinting(followed, pipeline, follower, following)
  else if (hasLogs) await follower.finish(pipeline).finally(() => tracked?.end())
  const isFailed = (status: string): boolean => status === 'failed'
  for (const hidden of hiddenJobsIn(last, flags.failed ? isFailed : undefined))
    unread.push(unreadJobs(open, hidden))
  if (!followed && !hasLogs && unread.length === 0)
    await report({ type: 'noted', text: nothingToShow(task, work) })
  const [first, ...others] = unread
  for (const { message } of others) await report({ type: 'warned', text: message, isGrave: true })
  if (first) throw first
  return last
}
