/** The statuses that a pipeline or job does not leave by itself (facts 4.2). Unknown words count as moving. */
const finished: ReadonlySet<string> = new Set(['success', 'failed', 'canceled', 'skipped'])

/** Whether a pipeline or job with this status is over. */
export function isFinished(status: string | null): boolean {
  return status !== null && finished.has(status)
}
