import { decodeJob, type Job } from './pipeline.ts'
import type { ProjectAddress } from '../api/requests.ts'

/** The jobs that a trigger led to, oldest first, and whether they certainly are its own. */
export interface FoundJobs {
  jobs: Job[]
  /** Why they may be another trigger's; '' where they cannot. */
  doubt: string
}

/** The jobs in a list of them, oldest first; entries without a usable id are left out. */
export function decodeJobs(list: readonly unknown[], target: ProjectAddress): Job[] {
  // While pages are read, new jobs push others onto the next page: one may come twice.
  const jobs = new Map<number, Job>()
  for (const entry of list) {
    const job = decodeJob(entry, target)
    if (job && !jobs.has(job.id)) jobs.set(job.id, job)
  }
  return [...jobs.values()].sort((a, b) => a.id - b.id)
}
