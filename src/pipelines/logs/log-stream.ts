import { hiddenJobsIn } from '../../follow/logs/hidden-jobs.ts'
import { followLogs, type LogFollower } from '../../follow/logs/follower.ts'
import { LogGone } from '../../follow/logs/job-log.ts'
import type { LogPrinter, LogSelection, LogTroubles } from '../../follow/logs/printer.ts'
import { leftOutSentence } from '../../follow/logs/left-out.ts'
import type { PollInterval } from '../../follow/poll-interval.ts'
import { requestTurn } from '../../http/request-rate.ts'
import { verdictOf } from '../../follow/verdict.ts'
import type { Client } from '../../gitlab/api/client.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import { pollPolicy } from '../../session/poll-policy.ts'
import type { LogSettings } from '../../session/follow-settings.ts'
import { readAgain } from '../read-again.ts'
import type { FollowContext, FollowedPipeline, Logs } from '../followed.ts'
import { loggedJobsIn } from '../../follow/logs/logged-jobs.ts'
import { knownJobs } from '../../gitlab/pipelines/known-jobs.ts'

const whole = { lastLines: undefined, mostJobs: Infinity, prefersError: false } as const

/**
 * The logs to print: those that the plan names, else with --follow the usual ones; undefined for none.
 */
function selectionOf(
  { plan }: FollowContext,
  { usual, mostFailed }: LogSettings,
  path: string,
): LogSelection | undefined {
  const words = plan.logs ?? [plan.mode.value === 'follow' ? usual : 'none']
  const [word] = words
  if (word === undefined || word === 'none') return undefined
  if (word === 'all') return { which: 'all', ...whole, path, isAlone: false }
  if (word !== 'failed') return { which: words, ...whole, path, isAlone: words.length === 1 }
  const which = plan.failOnWarnings ? 'failed or allowed to' : 'failed'
  const { logLines, prefersError } = plan
  return { which, lastLines: logLines, mostJobs: mostFailed, prefersError, path, isAlone: false }
}

const lineFeed = 0x0a

/** The same place for logs that no name tells apart: each begins on a line of its own. */
function onOwnLines(sink: LogPrinter['sink']): LogPrinter['sink'] {
  let isLineOpen = false
  return {
    ...sink,
    async begin(job, part) {
      if (isLineOpen) await sink.write(job, Buffer.of(lineFeed))
      isLineOpen = false
      await sink.begin(job, part)
    },
    async write(job, bytes) {
      isLineOpen = bytes.at(-1) !== lineFeed
      await sink.write(job, bytes)
    },
  }
}

/**
 * Follows the logs of a selection to where they are printed; a log that could not be read to its end is reported to
 * `troubles`. They are read as `interval` allows. A log that was alone may get company, by a retry or downstream: then one follows the other.
 */
export function printedLogs(
  client: Client,
  selection: LogSelection,
  { sink, form }: LogPrinter,
  troubles: LogTroubles,
  polling: PollPolicy,
  interval: PollInterval,
): LogFollower {
  const { which, lastLines, mostJobs, prefersError, path, isAlone } = selection
  const place = isAlone && !form.isRaw ? onOwnLines(sink) : sink
  const plan = {
    ...{ which, lastLines, mostJobs, prefersError, path, ...form },
    isInTurn: form.isInTurn || isAlone,
  }
  const turn = requestTurn(interval, polling.clock)
  return followLogs(client, plan, { ...place, ...troubles }, polling, {
    turn,
    readAgain: (job, poll) => readAgain(client, job, poll),
  })
}

/** The command that prints the logs of all failed jobs; '' where the pipeline has no id that a command takes. */
function printAll(
  { kind, id, project }: Pipeline,
  { access }: FollowedPipeline,
  { suggest }: FollowContext,
): string {
  return kind === 'pipeline' ? suggest({ verb: 'logs', id, project, access }) : ''
}

/**
 * Opens the logs to print of a followed pipeline; undefined for none. `path` stands before the name of
 * each job.
 */
export async function logStream(
  followed: FollowedPipeline,
  following: FollowContext,
  path = '',
): Promise<Logs | undefined> {
  const { client, budget, interval } = followed
  const { plan, logs, context, report } = following
  const selection = logs && selectionOf(following, logs, path)
  if (!selection) return undefined
  const printer = await logs.open(selection)
  const unread: string[] = []
  const warn = (text: string): Promise<void> => report({ type: 'warned', text, isGrave: true })
  const unreadable: LogTroubles['unreadable'] = (job, error) => {
    const why = error instanceof Error ? error.message : 'no answer'
    const state = error instanceof LogGone ? 'does not exist' : 'could not be read'
    unread.push(job.name)
    return warn(`the log of ${job.name} ${state}: ${why}`)
  }
  const polling = pollPolicy(context, plan.pollGraceMs, budget.signal)
  const troubles = { unreadable, noted: () => Promise.resolve() }
  const follower = printedLogs(client, selection, printer, troubles, polling, interval)
  const isSilent = (pipeline: Pipeline): boolean => {
    const verdict = verdictOf(pipeline, plan)
    return logs.isUsualForFailures && plan.logs === undefined && verdict.kind === 'over' && verdict.isGood
  }
  return {
    note: (pipeline) => {
      follower.note(pipeline)
    },
    pull: (pipeline) => follower.pull(pipeline),
    async finish(pipeline) {
      if (isSilent(pipeline)) return unread
      await follower.finish(pipeline)
      const rest = leftOutSentence(follower.leftOut(), printAll(pipeline, followed, following))
      if (rest !== '') await report({ type: 'noted', text: rest, isGrave: true })
      for (const { isDownstream, pipelineId, why } of hiddenJobsIn(pipeline)) {
        unread.push(`pipeline ${pipelineId}`)
        const whose = isDownstream ? 'what is downstream of pipeline' : 'pipeline'
        const what = isDownstream ? 'this' : 'its jobs'
        await warn(`the logs of ${whose} ${pipelineId} are not shown: ${what} could not be read: ${why}`)
      }
      const names = loggedJobsIn(pipeline).map(({ name }) => name)
      for (const word of follower.unknown()) {
        const known = knownJobs(word, names)
        await warn(`--logs: there was no job "${word}"${known && ` (${known})`}`)
      }
      for (const name of follower.unfinished())
        await warn(`the log of ${name} may be incomplete: its job had not finished`)
      return unread
    },
  }
}
