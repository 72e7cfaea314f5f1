import type { Client } from '../../gitlab/api/client.ts'
import { ApiError } from '../../gitlab/api/reader.ts'
import { decodeJob } from '../../gitlab/pipelines/pipeline.ts'
import { LostContact, type PollPolicy } from '../../http/retry/grace.ts'
import { seenAgain, type LoggedJob } from './logged-jobs.ts'

/**
 * Reads a job that is in no list any more: a retry has replaced it, or the bridge of its pipeline, or its pipeline may not be read. It may still run, and
 * only the job itself tells. Resolves to the job as it was where it cannot be read.
 */
export async function readMissing(client: Client, job: LoggedJob, poll: PollPolicy): Promise<LoggedJob> {
  const own = client.forProject(job.project).with({ poll })
  const path = `/${client.dialect.jobs}/${job.jobId}`
  try {
    const now = decodeJob(await own.get(path, (json) => decodeJob(json, own.target) !== null), own.target)
    return now ? seenAgain(job, now) : job
  } catch (error) {
    if (error instanceof ApiError || error instanceof LostContact) return job
    throw error
  }
}
