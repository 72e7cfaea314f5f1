import type { TargetProgress } from '../../batch-events.ts'
import { keysOf } from '../../core/keys-of.ts'
import { isFinished } from '../../core/status.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { linkOf } from '../reporters/text-reporter.ts'
import { endKindOf, type EndKind } from './summary.ts'

/** At most this many targets are named, of each kind. */
const mostNamed = 20

const headings = {
  unknown: 'May have been triggered:',
  failed: 'Failed:',
  unseen: 'May still be running:',
  notStarted: 'Not started:',
} as const satisfies Partial<Record<EndKind, string>>

/** Said where some targets have pipelines and others have none: exit codes 6, 10 and 12 are safe to repeat for those only. */
const rerun = 'A plain rerun triggers again what has a pipeline already'

/** The first of these targets, each with why it has not succeeded. */
function named(heading: string, some: readonly TargetProgress[]): string[] {
  if (some.length === 0) return []
  const more = some.length - mostNamed
  return [
    heading,
    ...some.slice(0, mostNamed).map(({ name, why }) => `  ${name}: ${why}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

/** Whether a pipeline has jobs that can be run again: one that was skipped or whose CI file is invalid has none, and is never seen to run. */
const hasJobs = ({ status, runningAt, wasRecorded }: TargetProgress): boolean =>
  isFinished(status) &&
  status !== 'success' &&
  status !== 'skipped' &&
  (runningAt !== undefined || wasRecorded)

/** The command that runs the failed jobs of these pipelines again; undefined where there are none. */
function retryCommand(failed: readonly TargetProgress[]): string | undefined {
  const urls = failed.flatMap((each) => {
    const url = hasJobs(each) ? linkOf(each, each.server) : ''
    return url === '' ? [] : [shellQuote(url)]
  })
  return urls.length === 0 ? undefined : `gitlab-trigger retry ${urls.slice(0, mostNamed).join(' ')}`
}

/**
 * Which targets have failed and which were not started, and the lines to paste that repair that: one that runs failed jobs again, and `goOn`, which continues
 * the plan. `isRerunSafe`: a rerun triggers nothing twice, or is refused. Nothing if all have succeeded.
 */
export function unfinishedLines(
  targets: readonly TargetProgress[],
  goOn: string | undefined,
  isRerunSafe: boolean,
): string[] {
  const of = (kind: EndKind): TargetProgress[] => targets.filter((each) => endKindOf(each) === kind)
  const unwritten = of('succeeded').filter(({ exit }) => exit === 'notWritten')
  const lists = [
    ...named('Triggered, but the output is not complete:', unwritten),
    ...keysOf(headings).flatMap((kind) => named(headings[kind], of(kind))),
  ]
  if (lists.length === 0) return []
  const retry = retryCommand(of('failed'))
  const isPart =
    targets.some(({ id }) => id !== null) && targets.some(({ id, exit }) => id === null && exit !== 'success')
  return [
    ...lists,
    ...(retry === undefined ? [] : [`To run the failed jobs again: ${retry}`]),
    ...(isPart && !isRerunSafe ? [goOn === undefined ? `${rerun}: run only the others.` : `${rerun}.`] : []),
    ...(goOn === undefined ? [] : [`To continue the plan: ${goOn}`]),
  ]
}
