import { followLogs, type LogFollower } from '../follow/logs/follower.ts'
import type { LogSink } from '../follow/logs/job-log.ts'
import type { LogPrinter, LogSelection } from '../follow/logs/printer.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { PollPolicy } from '../http/retry/grace.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import type { FollowContext, FollowedPipeline, Logs } from './followed.ts'

/**
 * The logs that are wanted: those that the plan names, else with --follow the usual ones; undefined for none.
 */
function selectionOf(
  { plan }: FollowContext,
  usual: 'all' | 'failed',
  path: string,
): LogSelection | undefined {
  const words = plan.logs ?? [plan.mode.value === 'follow' ? usual : 'none']
  const [word] = words
  if (word === undefined || word === 'none') return undefined
  if (word === 'all') return { which: 'all', lastLines: undefined, path, isAlone: false }
  if (word !== 'failed') return { which: words, lastLines: undefined, path, isAlone: words.length === 1 }
  const which = plan.failOnWarnings ? 'failed or allowed to' : 'failed'
  return { which, lastLines: plan.logLines, path, isAlone: false }
}

/**
 * Follows the logs of a selection to where they are printed; `unreadable` is called for a log that could not
 * be read to its end.
 */
export function printedLogs(
  client: Client,
  selection: LogSelection,
  { sink, form }: LogPrinter,
  unreadable: LogSink['unreadable'],
  polling: PollPolicy,
): LogFollower {
  const { which, lastLines, path } = selection
  return followLogs(client, { which, lastLines, path, ...form }, { ...sink, unreadable }, polling)
}

/**
 * Opens the logs that are wanted of a followed pipeline; undefined for none. `path` stands before the name of
 * each job.
 */
export async function logStream(
  { client, budget }: FollowedPipeline,
  following: FollowContext,
  path = '',
): Promise<Logs | undefined> {
  const { plan, logs, context, report } = following
  const selection = logs && selectionOf(following, logs.usual, path)
  if (!selection) return undefined
  const printer = await logs.open(selection)
  const unreadable: LogSink['unreadable'] = (job, error) => {
    const why = error instanceof Error ? error.message : 'no answer'
    return report({ type: 'warned', text: `the log of ${job.name} could not be read: ${why}` })
  }
  const polling = pollPolicy(context, plan.pollGraceMs, budget.signal)
  const follower = printedLogs(client, selection, printer, unreadable, polling)
  return {
    pull: (pipeline) => follower.pull(pipeline),
    async finish(pipeline) {
      await follower.finish(pipeline)
      for (const word of follower.unknown()) {
        await report({ type: 'warned', text: `--logs: there was no job "${word}"`, isGrave: true })
      }
    },
  }
}
