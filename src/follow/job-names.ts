import type { Job } from '../gitlab/pipelines/pipeline.ts'

/** The names of the first few jobs with the reasons of their failures, and the number of the others. */
export function jobNames(jobs: readonly Job[]): string {
  const shown = jobs.slice(0, 5).map(({ name, id, failureReason }) => {
    const reason = failureReason === null ? '' : ` (${failureReason})`
    return `${name ?? id}${reason}`
  })
  return `${shown.join(', ')}${jobs.length > shown.length ? ` and ${jobs.length - shown.length} more` : ''}`
}
