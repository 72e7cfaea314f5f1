import type { Context } from '../../core/context.ts'
import type { Event, Reporter } from '../../events.ts'
import { stderrReporter, type Verbosity } from './text-reporter.ts'

/** What is said where the tree that was asked for cannot be shown. */
export const noTree =
  '--progress tree: stderr is not a terminal that can move its cursor; one line for each change is shown instead.'

/** What a view is needed for. */
const viewed: ReadonlySet<Event['type']> = new Set(['looked', 'fetching', 'fetched'])

/**
 * Shows followed pipelines on stderr: an updated tree on a terminal that can move the cursor, else a line for each change, or as `progress` (`tree`,
 * `lines`, `none`) says. The view is loaded at the first poll, or download.
 */
export function progressView(context: Context, verbosity: Verbosity, progress: string | undefined): Reporter {
  const { isAttended, hasId, isVerbose, style } = verbosity
  const isShown = progress === undefined ? isAttended || isVerbose : progress !== 'none'
  /** The pages of pipelines that a line has named. */
  const named = new Set<string>()
  const load = async (): Promise<Reporter> => {
    if (context.stderr.keepBelow && progress !== 'lines')
      return (await import('./live-view.ts')).liveView(context, style)
    if (progress === 'tree')
      await stderrReporter(context, verbosity)({ type: 'warned', text: noTree, isGrave: true })
    return (await import('./changes-view.ts')).changesView(context, style, named)
  }
  let view: Promise<Reporter> | undefined
  return async (event) => {
    if (event.type === 'triggered' && hasId) named.add(event.build.webUrl ?? '')
    if (event.type === 'opened' && isAttended) named.add(event.pipeline.webUrl ?? '')
    if (viewed.has(event.type) && isShown) view ??= load()
    await (
      await view
    )?.(event)
  }
}
