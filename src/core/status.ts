import { shellQuote } from './text/shell-quote.ts'

/** The final statuses of a pipeline or job (docs/gitlab.md#4.2). Unknown statuses count as unfinished. */
const finished: ReadonlySet<string> = new Set(['success', 'failed', 'canceled', 'skipped'])

/** The statuses of pipelines that GitLab filters by (docs/gitlab.md#4.2). */
export const statuses: readonly string[] = [
  ...['created', 'waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'running'],
  ...['success', 'failed', 'canceling', 'canceled', 'skipped', 'manual', 'scheduled'],
]

/** Whether a pipeline or job with this status has finished. */
export function isFinished(status: string | null): boolean {
  return status !== null && finished.has(status)
}

/** Whether a runner has taken a job with this status, now or earlier. */
export function hasStarted(status: string | null): boolean {
  return status !== null && ['running', 'canceling', 'success', 'failed'].includes(status)
}

interface UnstartedJob {
  name: string | null
  status: string | null
  tags: readonly string[]
  /** Whether it is a bridge (a job that starts another pipeline), which needs no runner. */
  isBridge: boolean
}

/** What a job that has not started waits for, by status. */
const reasons: Readonly<Record<string, (job: UnstartedJob) => string>> = {
  pending: ({ tags, isBridge }) => {
    if (isBridge) return ''
    return tags.length === 0
      ? 'no runner has taken it yet'
      : `no runner with tag${tags.length > 1 ? 's' : ''} ${tags.join(', ')} has taken it yet`
  },
  waiting_for_resource: () => 'another job holds its resource group',
  preparing: () => 'it is being prepared',
  waiting_for_callback: () => 'it waits for a call from outside',
  scheduled: () => 'it is delayed',
  manual: ({ name }) => `start it in GitLab or with --play ${name === null ? 'JOB' : shellQuote(name)}`,
}

/** Why a job has not started, as text for the user; '' if it has started or the reason is unknown. */
export function waitingReason(job: UnstartedJob): string {
  const status = job.status ?? ''
  return Object.hasOwn(reasons, status) ? (reasons[status]?.(job) ?? '') : ''
}

/** Why not all of a pipeline could be read, its jobs or what it has started downstream; '' where all of it was. */
export function unreadReason({
  hidden,
  bridgesHidden = '',
}: {
  hidden: string
  bridgesHidden?: string
}): string {
  return hidden === '' ? bridgesHidden : hidden
}
