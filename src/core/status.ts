/** The statuses that a pipeline or job does not leave by itself (facts 4.2). Unknown words count as moving. */
const finished: ReadonlySet<string> = new Set(['success', 'failed', 'canceled', 'skipped'])

/** Whether a pipeline or job with this status is over. */
export function isFinished(status: string | null): boolean {
  return status !== null && finished.has(status)
}

/** Whether a job with this status has been given to a runner, or was. */
export function hasStarted(status: string | null): boolean {
  return status !== null && ['running', 'canceling', 'success', 'failed'].includes(status)
}

interface Waiting {
  status: string | null
  tags: readonly string[]
  /** One that starts a pipeline: no runner takes it. */
  isBridge: boolean
}

/** By status: what a job that has not started waits for. */
const reasons: Readonly<Record<string, (job: Waiting) => string>> = {
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
  manual: () => 'somebody must start it by hand',
}

/** Why a job has not started, in words; '' where it has, or where nothing can be said. */
export function waitingReason(job: Waiting): string {
  const status = job.status ?? ''
  return Object.hasOwn(reasons, status) ? (reasons[status]?.(job) ?? '') : ''
}
