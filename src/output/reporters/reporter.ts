import type { Context } from '../../core/context.ts'
import type { Event, Reporter } from '../../events.ts'
import { jsonReporter } from './json-reporter.ts'
import { styleFor } from '../terminal/style.ts'
import { stderrReporter, textReporter, type Verbosity } from './text-reporter.ts'
import { isAttended } from './is-attended.ts'

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
}

/** What a view is needed for. */
const shown: ReadonlySet<Event['type']> = new Set(['looked', 'fetching', 'fetched'])

/**
 * Shows followed pipelines: an updated tree on a terminal that can move the cursor, else a line for each
 * change. The view is loaded at the first poll, or download.
 */
function viewFor(context: Context, { isAttended, isVerbose, style }: Verbosity): Reporter {
  const load = async (): Promise<Reporter> => {
    if (context.stderr.keepBelow) return (await import('./live-view.ts')).liveView(context, style)
    return (await import('./changes-view.ts')).changesView(context, style)
  }
  let view: Promise<Reporter> | undefined
  return async (event) => {
    if (shown.has(event.type) && (isAttended || isVerbose)) view ??= load()
    await (
      await view
    )?.(event)
  }
}

/** Creates the reporter for these flags. */
export async function reporterFor(flags: OutputFlags, context: Context): Promise<Reporter> {
  const verbosity: Verbosity = {
    isAttended: isAttended(context) && !flags.quiet,
    isQuiet: flags.quiet === true,
    isVerbose: flags.verbose === true,
    style: await styleFor(context.stderr, context.env, flags.color),
  }
  if (flags.quiet) return stderrReporter(context, verbosity)
  if (flags.events)
    return (await import('./ndjson-reporter.ts')).ndjsonReporter(context, stderrReporter(context, verbosity))
  const isFollowing = flags.follow ?? flags.wait ?? false
  const waitsForMore = flags.jobs ?? isFollowing
  const report = flags.json
    ? jsonReporter(context, verbosity, { waitsForMore, isFollowing })
    : textReporter(context, verbosity)
  const show = viewFor(context, verbosity)
  return async (event) => {
    await show(event)
    await report(event)
  }
}
