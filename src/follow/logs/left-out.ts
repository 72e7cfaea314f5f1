import type { LoggedJob } from './logged-jobs.ts'

/** At most this many jobs are named. */
const mostNames = 500

/** The line that names failed jobs whose logs are not printed, and the command that prints all; '' for no jobs. */
export function leftOutSentence(jobs: readonly Pick<LoggedJob, 'name'>[], command: string): string {
  if (jobs.length === 0) return ''
  const names = jobs.slice(0, mostNames).map(({ name }) => name)
  const more = jobs.length > mostNames ? ` and ${jobs.length - mostNames} more` : ''
  const hint = command === '' ? '' : `; to print all: ${command}`
  return `${jobs.length} more failed job${jobs.length === 1 ? '' : 's'}: ${names.join(', ')}${more}${hint}`
}
