import type { Context } from '../../core/context.ts'
import type { Reporter } from '../../events.ts'
import { jsonReporter } from './json-reporter.ts'
import { styleFor } from '../terminal/style.ts'
import { stderrReporter, textReporter, type Talk } from './text-reporter.ts'
import { isAttended } from './is-attended.ts'

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

/** What shows the pipelines that are followed: a tree that is alive where the cursor can be moved, else a line for each change. Loaded at the first look. */
function viewFor(context: Context, { isWatched, isVerbose, style }: Talk): Reporter {
  const load = async (): Promise<Reporter> => {
    if (context.stderr.keepBelow) return (await import('./live-view.ts')).liveView(context, style)
    return (await import('./changes-view.ts')).changesView(context, style)
  }
  let view: Promise<Reporter> | undefined
  return async (event) => {
    if (event.type === 'looked' && (isWatched || isVerbose)) view ??= load()
    await (
      await view
    )?.(event)
  }
}

/** The reporter that the flags ask for. */
export async function reporterFor(flags: OutputFlags, context: Context): Promise<Reporter> {
  const talk: Talk = {
    isWatched: isAttended(context) && !flags.quiet,
    isQuiet: flags.quiet === true,
    isVerbose: flags.verbose === true,
    style: await styleFor(context.stderr, context.env, flags.color),
  }
  if (flags.quiet) return stderrReporter(context, talk)
  if (flags.events)
    return (await import('./ndjson-reporter.ts')).ndjsonReporter(context, stderrReporter(context, talk))
  const waitsForMore = flags.jobs ?? flags.follow ?? flags.wait ?? false
  const report = flags.json ? jsonReporter(context, talk, waitsForMore) : textReporter(context, talk)
  const show = viewFor(context, talk)
  return async (event) => {
    await show(event)
    await report(event)
  }
}
