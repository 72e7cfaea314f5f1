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

/** What a rerun of a batch does. */
export interface Rerun {
  /** It triggers nothing twice, or is refused. */
  isRerunSafe: boolean
  /** How to trigger only these, which have no pipeline, where nothing continues the batch. */
  restOf: (left: readonly TargetProgress[]) => string | undefined
}

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

/** Whether a pipeline has jobs that can be run again: one that was skipped or whose CI file is invalid has none. */
const hasJobs = ({ status, hasRun }: TargetProgress): boolean =>
  isFinished(status) && status !== 'success' && status !== 'skipped' && hasRun

/** The command that runs the failed jobs of these pipelines again; undefined where there are none. */
function retryCommand(failed: readonly TargetProgress[]): string | undefined {
  const urls = failed.flatMap((each) => {
    const url = hasJobs(each) ? linkOf(each, each.server) : ''
    return url === '' ? [] : [shellQuote(url)]
  })
  return urls.length === 0 ? undefined : `gitlab-trigger retry ${urls.slice(0, mostNamed).join(' ')}`
}

/** Said where some targets have pipelines and others have none: exit codes 6, 10 and 12 are safe to repeat for those only. */
export const rerunText = (isUnknown: boolean): string =>
  `A plain rerun triggers again what has${isUnknown ? ' or may have' : ''} a pipeline already.`

function rerunLines(targets: readonly TargetProgress[], restOf: Rerun['restOf'] | undefined): string[] {
  const isUnknown = targets.some((each) => endKindOf(each) === 'unknown')
  const left = targets.filter(
    (each) => each.id === null && each.exit !== 'success' && endKindOf(each) !== 'unknown',
  )
  if (!isUnknown && (left.length === 0 || targets.every(({ id }) => id === null))) return []
  const rest = left.length === 0 ? undefined : restOf?.(left)
  return [rerunText(isUnknown), ...(rest === undefined ? [] : [rest])]
}

/**
 * Which targets have failed and which were not started, and the lines to paste that repair that: one that runs failed jobs again, and `goOn`, which continues
 * the plan, or one for those without a pipeline. Nothing if all have succeeded.
 */
export function unfinishedLines(
  targets: readonly TargetProgress[],
  goOn: string | undefined,
  again: Rerun,
): string[] {
  const of = (kind: EndKind): TargetProgress[] => targets.filter((each) => endKindOf(each) === kind)
  const unwritten = of('succeeded').filter(({ exit }) => exit === 'notWritten')
  const lists = [
    ...named('Triggered, but the output is not complete:', unwritten),
    ...keysOf(headings).flatMap((kind) => named(headings[kind], of(kind))),
  ]
  if (lists.length === 0) return []
  const retry = retryCommand(of('failed'))
  return [
    ...lists,
    ...(retry === undefined ? [] : [`To run the failed jobs again: ${retry}`]),
    ...(again.isRerunSafe ? [] : rerunLines(targets, goOn === undefined ? again.restOf : undefined)),
    ...(goOn === undefined ? [] : [`To continue the plan: ${goOn}`]),
  ]
}
