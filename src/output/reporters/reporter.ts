import type { Context } from '../../core/context.ts'
import type { Reporter } from '../../events.ts'
import { jsonReporter } from './json-reporter.ts'
import { styleFor } from '../terminal/style.ts'
import { stderrReporter, textReporter, type Verbosity } from './text-reporter.ts'
import { isAttended } from './is-attended.ts'
import { progressView } from './progress-view.ts'

/** The flags about output. */
export interface OutputFlags {
  json?: true
  quiet?: true
  verbose?: true
  jobs?: true
  follow?: true
  wait?: true
  events?: true
  color?: false
  /** `tree`, `lines` or `none`; any other word is refused by config/follow-plan.ts. */
  progress?: string
}

/** What these flags want on stderr. */
export async function verbosityOf(flags: OutputFlags, context: Context): Promise<Verbosity> {
  const { quiet, verbose, color, progress, json } = flags
  const isWatched = isAttended(context)
  const isShown = progress === undefined ? isWatched : progress !== 'none'
  // An object that comes at the end may never come: the id must not be lost with it.
  const isLate = json === true && (flags.jobs ?? flags.follow ?? flags.wait ?? false)
  return {
    isAttended: isShown && !quiet,
    hasId: (isShown || (isLate && progress === undefined)) && !quiet,
    hasWarnings: (isShown || isWatched) && !quiet,
    isQuiet: quiet === true,
    isVerbose: verbose === true,
    style: await styleFor(context.stderr, context.env, color),
  }
}

/** Creates the reporter for these flags. `common` are members of everything that programs read: the name of one of several targets. */
export async function reporterFor(
  flags: OutputFlags,
  context: Context,
  common: { target?: string } = {},
): Promise<Reporter> {
  const { quiet, events, json, progress } = flags
  const verbosity = await verbosityOf(flags, context)
  if (quiet) return stderrReporter(context, verbosity)
  const isFollowing = flags.follow ?? flags.wait ?? false
  const report = events
    ? (await import('./ndjson-reporter.ts')).ndjsonReporter(
        context,
        stderrReporter(context, verbosity),
        common,
      )
    : json
      ? jsonReporter(context, verbosity, { isFollowing }, common)
      : textReporter(context, verbosity)
  // Who reads events sees every change: on stderr they are shown only where that was asked for.
  if (events && progress === undefined) return report
  const show = progressView(context, verbosity, progress)
  return async (event) => {
    await show(event)
    await report(event)
  }
}
