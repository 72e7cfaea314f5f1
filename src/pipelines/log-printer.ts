import type { Context, OutputStream } from '../core/context.ts'
import type { PollPolicy } from '../http/retry/grace.ts'
import type { LogSink } from '../follow/logs/job-log.ts'
import { followLogs, type LogFollower, type LogPlan } from '../follow/logs/follower.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { LogLayoutName } from '../output/logs/layouts.ts'
import { logWriter } from '../output/logs/writer.ts'
import { styleFor, wantsColor } from '../output/terminal/style.ts'

/** Which logs of a pipeline are wanted. */
export interface LogSelection extends Pick<LogPlan, 'which' | 'lastLines' | 'path'> {
  isRaw?: boolean
  /** There is only one of them. */
  isAlone: boolean
}

function layoutFor({ isAlone, lastLines }: LogSelection, env: Context['env']): LogLayoutName {
  if (isAlone) return 'plain'
  if (env['GITHUB_ACTIONS'] === 'true') return 'github'
  if ((env['GITLAB_CI'] ?? '') !== '') return 'gitlab'
  return lastLines === undefined ? 'prefixed' : 'headed'
}

/** Follows logs to one of our own streams, set out as suits where it leads. */
export async function printLogs(
  stream: OutputStream,
  client: Client,
  choice: LogSelection,
  unreadable: LogSink['unreadable'],
  patience: PollPolicy,
  context: Context,
  color: false | undefined,
): Promise<LogFollower> {
  const { which, lastLines, path, isRaw = false } = choice
  const layout = layoutFor(choice, context.env)
  const isOnGithub = context.env['GITHUB_ACTIONS'] === 'true' && !isRaw
  const keepsColors = wantsColor(stream, context.env, color) && !isRaw
  const style = await styleFor(stream, context.env, color)
  const writer = logWriter({ stream, layout, style, keepsColors, isOnGithub }, context)
  const plan: LogPlan = {
    which,
    lastLines,
    path,
    keepsColors,
    isRaw,
    isInTurn: layout === 'gitlab' || layout === 'github',
    // The tree at the bottom of a terminal is not there while a line is open.
    isByLine: layout !== 'plain' || isOnGithub || stream.keepBelow !== undefined,
    secrets: context.secrets.forms(),
  }
  return followLogs(client, plan, { ...writer, unreadable }, patience)
}
