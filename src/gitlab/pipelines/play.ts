import type { Client, Fields } from '../api/client.ts'
import { decodeJob, type Job, type Pipeline } from './pipeline.ts'

/** The statuses of a job that a user may start by hand: one that waits for that, or for a clock. */
const startable: ReadonlySet<string | null> = new Set(['manual', 'scheduled'])

/** Whether a user may start a job by hand now. */
export const isStartable = ({ status }: Pick<Job, 'status'>): boolean => startable.has(status)

const fieldsOf = (variables: readonly { key: string; value: string }[]): [name: string, value: string][] =>
  variables.flatMap(({ key, value }): [name: string, value: string][] => [
    ['job_variables_attributes[][key]', key],
    ['job_variables_attributes[][value]', value],
  ])

/**
 * Starts a manual job of a pipeline, once. Resolves to the job as GitLab answers it, started. Throws as
 * `Client.write`, also where the answer is not that job, or shows it as it was
 * (docs/gitlab.md#4.1).
 */
export async function playJob(
  client: Client,
  { project }: Pick<Pipeline, 'project'>,
  before: Job,
  variables: readonly { key: string; value: string }[],
): Promise<Job> {
  const own = client.forProject(project)
  const fields: Fields = fieldsOf(variables)
  const started = (json: unknown): Job | undefined => {
    const job = decodeJob(json, own.target)
    return job?.id === before.id && typeof job.status === 'string' && !isStartable(job) ? job : undefined
  }
  const job = await own.write('POST', `/${own.dialect.jobs}/${before.id}/play`, started, { fields })
  return { ...job, isBridge: before.isBridge }
}
