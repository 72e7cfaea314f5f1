import type { Context } from '../context.ts'
import type { Reporter } from './events.ts'
import { jsonReporter } from './json.ts'
import { styleFor } from './style.ts'
import { talker, textReporter, type Talk } from './text.ts'

/** How the user wants to be told. */
export interface OutputFlags {
  json?: true
  quiet?: true
  verbose?: true
  jobs?: true
  follow?: true
  wait?: true
  events?: true
  color?: false
}

/** Whether somebody looks on: cron has neither a terminal nor CI, and mails whatever is said. */
function isWatched({ stderr, env }: Context): boolean {
  return stderr.isTTY || (env['CI'] ?? '') !== '' || (env['GITLAB_CI'] ?? '') !== ''
}

/** The reporter that the flags ask for. */
export async function reporterFor(flags: OutputFlags, context: Context): Promise<Reporter> {
  const talk: Talk = {
    isWatched: isWatched(context) && !flags.quiet,
    isVerbose: flags.verbose === true,
    style: await styleFor(context.stderr, context.env, flags.color),
  }
  if (flags.quiet) return talker(context, talk)
  if (flags.json) return jsonReporter(context, talk, flags.jobs ?? flags.follow ?? flags.wait ?? false)
  return textReporter(context, talk)
}
