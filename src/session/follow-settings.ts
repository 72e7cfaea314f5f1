import type { FollowPlan } from '../config/follow-plan.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import type { TotalLimit } from '../follow/limits.ts'
import type { OpenLogPrinter } from '../follow/logs/printer.ts'
import { isAttended } from '../output/reporters/is-attended.ts'
import type { OutputFlags } from '../output/reporters/reporter.ts'
import { eventLogPrinter, streamLogPrinter, withoutWriteErrors } from './log-printer.ts'
import { suggestedCommand, type CommandAbout, type RepeatedFlags } from './suggested-command.ts'

/** How many failed jobs have their logs on stderr at most: more would not be read there. */
const mostFailedJobs = 10

/** Where the logs of followed pipelines are printed, and which. */
export interface LogSettings {
  /** Those that are printed unless the plan says which. */
  usual: 'all' | 'failed'
  /** Of a pipeline that ended well these are not printed on unattended runs: success is silent. */
  isUsualForFailures: boolean
  /** The logs of at most this many failed jobs are printed; the others are named. */
  mostFailed: number
  open: OpenLogPrinter
}

/** How a command follows pipelines, and how it shows them; the same for all of them. */
export interface FollowSettings {
  plan: FollowPlan
  /** The limit for the whole command, which counts from the time when following begins unless that is given; undefined: none was typed. */
  total: (Omit<TotalLimit, 'since'> & Partial<TotalLimit>) | undefined
  /** Where logs are printed, and which ones; undefined: none are. */
  logs: LogSettings | undefined
  /** Whether the elapsed time is shown, so that every second has to be reported. */
  showsTime: boolean
  /** Whether the error of a failed pipeline ends with the command that retries it: of many, one command does for all. */
  suggestsRetry: boolean
  /** Words a command about a pipeline that reaches its server as this one does, ready to be pasted. */
  suggest: (about: CommandAbout) => string
}

/** Takes from the flags how pipelines are followed and shown. Logs and elapsed time go to stderr. */
export function followSettings(
  flags: RepeatedFlags & Pick<OutputFlags, 'quiet' | 'events' | 'color'> & { timeout?: string },
  { follow, timeout }: Pick<Plan, 'follow' | 'timeout'>,
  context: Context,
  report: Reporter,
): FollowSettings {
  const { stderr } = context
  const format = { color: flags.color, isRaw: false }
  const open: OpenLogPrinter = async (selection) =>
    flags.events
      ? eventLogPrinter(report, context)
      : streamLogPrinter(withoutWriteErrors(stderr), selection, format, context)
  return {
    plan: follow,
    total: flags.timeout === undefined ? undefined : { ms: timeout.value, flag: '--timeout' },
    logs: flags.quiet
      ? undefined
      : {
          usual: stderr.isTTY ? 'all' : 'failed',
          isUsualForFailures: !flags.events && !isAttended(context) && (follow.progress ?? 'none') === 'none',
          mostFailed: flags.events ? Infinity : mostFailedJobs,
          open,
        },
    showsTime: stderr.isTTY && (follow.progress ?? 'tree') === 'tree',
    suggestsRetry: true,
    suggest: (about) => suggestedCommand(about, flags),
  }
}
