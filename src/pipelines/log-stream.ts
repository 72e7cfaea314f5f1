import type { Context, OutputStream } from '../core/context.ts'
import type { LogSink } from '../follow/logs/job-log.ts'
import { followLogs, type LogFollower } from '../follow/logs/follower.ts'
import type { Reporter } from '../events.ts'
import { heading } from '../output/logs/layouts.ts'
import type { Logs } from './followed.ts'
import type { FollowedPipeline } from './followed.ts'
import { printLogs, type LogSelection } from './log-printer.ts'
import { pollPolicy } from '../session/poll-policy.ts'

function choiceOf(
  { plan, flags }: FollowedPipeline,
  { stderr }: Context,
  path: string,
): LogSelection | undefined {
  const usual = stderr.isTTY ? 'all' : 'failed'
  const words = plan.logs ?? (plan.mode.value === 'follow' ? [usual] : ['none'])
  const [word] = words
  if (flags.quiet || word === undefined || word === 'none') return undefined
  if (word === 'all') return { which: 'all', lastLines: undefined, path, isAlone: false }
  if (word !== 'failed') return { which: words, lastLines: undefined, path, isAlone: words.length === 1 }
  const which = plan.failOnWarnings ? 'failed or allowed to' : 'failed'
  return { which, lastLines: plan.logLines, path, isAlone: false }
}

/** Talk that cannot be written must not change how the run ends (T74). */
function lenient(stream: OutputStream): OutputStream {
  return {
    get isTTY() {
      return stream.isTTY
    },
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write: (text) => stream.write(text).catch(() => undefined),
    writeBytes: (bytes) => stream.writeBytes(bytes).catch(() => undefined),
    ...(stream.keepBelow && { keepBelow: stream.keepBelow }),
  }
}

/** The logs that are wanted of a followed pipeline, told on stderr; undefined for none. `path` stands before the name of each job. */
export async function logStream(
  followed: FollowedPipeline,
  context: Context,
  report: Reporter,
  path = '',
): Promise<Logs | undefined> {
  const choice = choiceOf(followed, context, path)
  if (!choice) return undefined
  const { client, plan, flags } = followed
  const patience = pollPolicy(context, plan.pollGraceMs)
  const unreadable: LogSink['unreadable'] = (job, error) => {
    const why = error instanceof Error ? error.message : 'no answer'
    return report({ type: 'warned', text: `the log of ${job.name} could not be read: ${why}` })
  }
  const { stderr } = context
  const follower = flags.events
    ? eventLogs(followed, choice, unreadable, patience, context, report)
    : await printLogs(lenient(stderr), client, choice, unreadable, patience, context, flags.color)
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

/** Logs as events, for programs. */
function eventLogs(
  { client }: FollowedPipeline,
  { which, lastLines, path }: LogSelection,
  unreadable: LogSink['unreadable'],
  patience: ReturnType<typeof pollPolicy>,
  context: Context,
  report: Reporter,
): LogFollower {
  const sink: LogSink = {
    async begin(job, last) {
      if (lastLines !== undefined) await report({ type: 'log', job, text: `${heading(job, last)}\n` })
    },
    write: (job, bytes) => report({ type: 'log', job, text: bytes.toString() }),
    end: () => Promise.resolve(),
    unreadable,
  }
  const secrets = context.secrets.forms()
  return followLogs(
    client,
    { which, lastLines, path, keepsColors: false, isRaw: false, isInTurn: false, isByLine: true, secrets },
    sink,
    patience,
  )
}
