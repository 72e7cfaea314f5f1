import { isFinished } from '../core/status.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { jobsWithPipelines } from './changes.ts'

/** The names of the first few jobs, with the number of the others: `build, test and 3 more`. */
function namesOf(jobs: readonly Job[]): string {
  const shown = jobs.slice(0, 3).map(({ name, id }) => name ?? String(id))
  const more = jobs.length > shown.length ? ` and ${jobs.length - shown.length} more` : ''
  return `${shown.join(', ')}${more}`
}

/**
 * Why an unfinished pipeline does not get on, as text for the user: a job that waits, jobs that nothing starts, or
 * none left; '' where its jobs run or are not known.
 */
export function standstill(root: Pipeline): string {
  if (isFinished(root.status)) return ''
  if (root.hidden !== '') return `its jobs could not be read: ${root.hidden}`
  const jobs = jobsWithPipelines(root).map(({ job }) => job)
  const open = jobs.filter(({ status }) => !isFinished(status))
  const waiting = open.filter(({ waits }) => waits !== '')
  const first = waiting.find(({ status }) => status === 'pending') ?? waiting[0]
  if (first) {
    const others = waiting.length > 1 ? ` (and ${waiting.length - 1} more)` : ''
    return `"${first.name ?? first.id}" is ${first.status ?? 'waiting'} (${first.waits})${others}`
  }
  if (jobs.length === 0) return 'it has no jobs'
  // GitLab has not begun with it.
  if (root.status === 'created') return ''
  if (open.length === 0) return 'all its jobs have finished'
  const isIdle = open.every(({ status }) => status === 'created')
  return isIdle ? `nothing runs that could start ${namesOf(open)} (created)` : ''
}
