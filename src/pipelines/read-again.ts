import type { Client } from '../gitlab/api/client.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { decodeJob } from '../gitlab/pipelines/pipeline.ts'
import { LostContact, type PollPolicy } from '../http/retry/grace.ts'
import { seenAgain, type LoggedJob } from '../follow/logs/logged-jobs.ts'

/**
 * Reads a job by itself: one that is in no list any more, since a retry has replaced it, or the bridge of its pipeline, may still run; and one that was seen to run may be
 * over in the meantime. Resolves to the job as it was where it cannot be read.
 */
export async function readAgain(client: Client, job: LoggedJob, poll: PollPolicy): Promise<LoggedJob> {
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
