import { usageError } from '../core/errors.ts'
import { flagName } from '../core/flag-name.ts'
import { keysOf } from '../core/keys-of.ts'
import type { FollowFlags, ReportFlags } from '../options/shared.ts'
import type { FollowPlan } from './follow-plan.ts'

/** The flags that only have an effect with --follow or --wait. */
export type FollowOnlyFlags = FollowFlags & Omit<ReportFlags, 'dotenv' | 'annotations'>

/** Their names, in the order in which they are refused. */
const followOnly: Readonly<Record<keyof FollowOnlyFlags, true>> = {
  onManual: true,
  play: true,
  allowSkipped: true,
  failOnWarnings: true,
  queueTimeout: true,
  runTimeout: true,
  reportTimeout: true,
  retryGrace: true,
  pollGrace: true,
  pollInterval: true,
  progress: true,
  logs: true,
  logLines: true,
  cancelOnInterrupt: true,
  cancelOnTimeout: true,
  junit: true,
  artifacts: true,
  artifactsOf: true,
  artifactsMaxSize: true,
}

/** The first typed flag that only has an effect with --follow or --wait. */
export function firstFollowFlag(flags: FollowOnlyFlags): string | undefined {
  const name = keysOf(followOnly).find((each) => flags[each] !== undefined)
  return name && flagName(name)
}

/** Whether logs of which --log-lines counts the lines are printed: those of failed jobs. */
export function printsFailedLogs({ mode, logs }: Pick<FollowPlan, 'mode' | 'logs'>): boolean {
  return logs === undefined ? mode.value === 'follow' : logs.includes('failed')
}

/**
 * What to say of --log-lines where no such log is printed: without --follow none is, unless --logs says so. Undefined where it has an effect. It is no error: a
 * crontab line that triggers would no longer do so.
 */
export function idleLogLines(
  { logLines }: Pick<FollowFlags, 'logLines'>,
  follow: Pick<FollowPlan, 'mode' | 'logs'>,
): string | undefined {
  if (logLines === undefined || printsFailedLogs(follow)) return undefined
  const instead =
    follow.logs === undefined
      ? 'Add --logs failed.'
      : 'Give --logs failed in place of the --logs that is there, or leave out --log-lines.'
  return `--log-lines ${logLines} has no effect: the logs of failed jobs are not printed. ${instead}`
}

/**
 * Throws a usage error if a flag is typed that has no effect because the pipeline is not followed. It comes
 * after recipes are resolved, since a recipe may follow.
 */
export function refuseUnusedFollowFlags(flags: FollowOnlyFlags, follow: FollowPlan): void {
  const unused = firstFollowFlag(flags)
  if (unused === undefined || follow.mode.value !== 'no') return
  throw usageError(`${unused} needs --wait or --follow`, 'Add --follow or --wait.')
}
