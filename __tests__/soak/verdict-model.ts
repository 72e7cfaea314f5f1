import { jobsIn, pipelinesIn, type JobSnapshot, type Snapshot } from './snapshot.ts'
import type { TypedLine } from './typed-line.ts'

/** What is true of a pipeline under the policy of a line: `undefined` while it continues by itself. */
export interface Truth {
  isGood: boolean
  sentence: string
  /** Whether it may still change with no more than a retry: then it is watched for the grace period. */
  mayBeRetried: boolean
  /** It waits for manual action though GitLab calls it running: it may appear so between two jobs. */
  mayBeBetween: boolean
}

const ends = ['success', 'failed', 'canceled', 'skipped']
const isOver = (status: string): boolean => ends.includes(status)

/** Names as they are listed: five, and how many more. */
const listed = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')

const named = ({ name, status }: JobSnapshot): string =>
  status === 'failed' ? `${name} (script_failure)` : name

/** The failed jobs of a tree. A bridge counts where no job below has failed, which would be the reason. */
function failures(root: Snapshot, mayFail: boolean): string {
  const failed = jobsIn(root)
    .map(({ job }) => job)
    .filter((job) => job.status === 'failed' && job.mayFail === mayFail)
    .filter(({ isBridge, below }) => !isBridge || !below?.jobs.some(({ status }) => status === 'failed'))
  return listed(failed.map((job) => named(job)))
}

/** What a finished pipeline has started, and what did not end well or has not ended. */
function unawaited(root: Snapshot, path = ''): string[] {
  return root.jobs.flatMap(({ name, below }): string[] => {
    if (!below) return []
    const state = isOver(root.status) ? stateBelow(below) : ''
    const own = state === '' ? [] : [`pipeline ${below.id} (${path}${name}) ${state}`]
    return [...own, ...unawaited(below, `${path}${name} > `)]
  })
}

function stateBelow({ status, jobs }: Snapshot): string {
  if (['success', 'skipped', 'manual'].includes(status)) return ''
  if (status === 'canceled') return 'was canceled'
  if (status !== 'failed') return `is still ${status}`
  const failed = jobs.filter((job) => job.status === 'failed' && !job.mayFail)
  return failed.length === 0 ? 'failed' : `failed: ${listed(failed.map((job) => named(job)))}`
}

/** Whether anything of a pipeline continues, or will, without manual action. */
function moves(root: Snapshot): boolean {
  if (root.status === 'manual' || isOver(root.status)) return false
  if (root.isHidden) return true
  return root.jobs.some(({ status, below }) => {
    if (isOver(status) || status === 'manual' || status === 'created') return false
    return below && !isOver(below.status) ? moves(below) : true
  })
}

/** The jobs for which a pipeline waits: those that may not fail, unless there are only others. */
function awaited(root: Snapshot): JobSnapshot[] {
  const blocking = root.jobs.flatMap((job): JobSnapshot[] => {
    const { status, below, mayFail } = job
    if (below && !isOver(status) && waits(below)) return awaited(below).length > 0 ? awaited(below) : [job]
    return status === 'manual' && !mayFail ? [job] : []
  })
  return blocking.length > 0 ? blocking : root.jobs.filter(({ status }) => status === 'manual')
}

/** Whether a pipeline continues only after manual action. */
function waits(root: Snapshot): boolean {
  if (root.status === 'manual') return true
  if (isOver(root.status) || moves(root)) return false
  const open = root.jobs.filter(({ status }) => !isOver(status))
  const manual = open.filter(({ status }) => status === 'manual')
  const isBelow = open.some(({ below }) => below !== undefined && waits(below))
  const isNeeded = manual.some(({ mayFail }) => !mayFail) || open.some(({ status }) => status === 'created')
  return isBelow || (manual.length > 0 && isNeeded && root.status === 'running')
}

/** The jobs that may be started: nothing is, in a pipeline that failed or was canceled, or below it. */
function liveJobs(root: Snapshot): { job: JobSnapshot; pipeline: Snapshot }[] {
  if (['failed', 'canceled'].includes(root.status)) return []
  const own = root.jobs.map((job) => ({ job, pipeline: root }))
  return [...own, ...root.jobs.flatMap(({ below }) => (below ? liveJobs(below) : []))]
}

/**
 * What is true of a pipeline, by what is on record: GitLab's own word for one that has finished, and the policy for
 * everything else. With `isUnstartable` the job of --play could not be started.
 */
export function truthOf(
  root: Snapshot,
  { onManual, play, failOnWarnings, allowSkipped }: TypedLine,
  isUnstartable: boolean,
): Truth | undefined {
  const name = `Pipeline ${root.id}`
  const over = (isGood: boolean, sentence: string, mayBeRetried = true): Truth => {
    return { isGood, sentence, mayBeRetried, mayBeBetween: false }
  }
  const isMissing =
    play !== undefined &&
    pipelinesIn(root).every(({ isHidden, jobs }) => !isHidden && jobs.every((job) => job.name !== play))
  const named = liveJobs(root).filter(({ job }) => job.name === play)
  const mine = named.map(({ job }) => job).filter(({ status }) => status === 'manual')
  switch (root.status) {
    case 'failed': {
      const failed = failures(root, false)
      return over(false, `${name} failed${failed === '' ? '' : `: ${failed}`}.`)
    }
    case 'canceled':
      return over(false, `${name} was canceled.`)
    case 'skipped':
      return allowSkipped
        ? over(true, `${name} was skipped.`, false)
        : over(false, `${name} was skipped; no job ran.`, false)
    case 'success': {
      if (isMissing) return over(false, `${name} succeeded, but has no job ${play} to play.`)
      if (mine.length > 0 && !isUnstartable) return undefined
      if (mine.length > 0)
        return over(
          false,
          `${name} succeeded, but ${listed(mine.map((job) => job.name))} could not be started.`,
        )
      const toCome = named.filter(({ job: { status } }) => status !== 'manual' && !isOver(status))
      if (toCome.some(({ pipeline }) => !isOver(pipeline.status) && !waits(pipeline))) return undefined
      if (toCome.length > 0) {
        const began = toCome.some(({ job: { status } }) => ['running', 'canceling'].includes(status))
        const which = listed(toCome.map(({ job }) => job.name))
        return over(false, `${name} succeeded, but ${which} ${began ? 'has not ended' : 'did not run'}.`)
      }
      const allowed = failures(root, true)
      const below = unawaited(root)
      if (allowed === '' && below.length === 0 && !root.hasWarnings) return over(true, `${name} succeeded.`)
      const what = [
        ...(allowed === '' ? [] : [`allowed to fail, and failed: ${allowed}`]),
        ...(below.length === 0 ? [] : [`downstream: ${below.join(', ')}`]),
      ]
      return over(!failOnWarnings, `${[`${name} succeeded with warnings`, ...what].join('; ')}.`)
    }
    default: {
      if (!waits(root) || onManual === 'wait') return undefined
      const jobs = awaited(root)
      const rest = jobs.filter((job) => onManual !== 'play' || job.name !== play || isUnstartable)
      if (onManual !== 'pass' && rest.length === 0 && jobs.length > 0) return undefined
      const who = onManual === 'pass' ? jobs : rest
      const also = isMissing && onManual !== 'pass' ? `; it has no job ${play} to play` : ''
      const sentence = `${name} is waiting for manual action: ${listed(who.map((job) => job.name)) || 'a job'}`
      const mayBeBetween = root.status !== 'manual'
      return { ...over(onManual === 'pass', `${sentence}${also}.`, false), mayBeBetween }
    }
  }
}
