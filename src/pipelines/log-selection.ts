import type { LogsFlags } from '../config/logs-flags.ts'
import { TriggerError, usageError } from '../core/errors.ts'
import { LostContact } from '../http/retry/grace.ts'
import { isNamed, loggedJobsIn, type LoggedJob } from '../follow/logs/logged-jobs.ts'
import type { Client } from '../gitlab/api/client.ts'
import { decodeJob, type Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { pipelineOfJob } from '../gitlab/pipelines/pipeline-source.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { explainRefusal } from '../gitlab/errors/explain-refusal.ts'
import { nearest } from '../core/did-you-mean.ts'
import { reading, type OpenPipeline } from './open-pipeline.ts'
import { tokenOf } from '../session/server-client.ts'

/** The jobs that are named for a pipeline: by its word, the URL of a job, or by --job. */
export function namedJobs({ wanted }: OpenPipeline, flags: LogsFlags): string[] {
  return [...(wanted.kind === 'job' ? [String(wanted.id)] : []), ...(flags.job ?? [])]
}

/** The number of last lines that are wanted of each log; undefined: all of it. Throws a usage error. */
export function lastLinesOf({ lines, failed }: LogsFlags): number | undefined {
  if (lines === undefined) return failed ? 50 : undefined
  if (!/^[1-9]\d{0,5}$/.test(lines)) throw usageError('--lines: not a number from 1 to 999999')
  return Number(lines)
}

async function readReplaced(client: Client, pipeline: Pipeline, id: number): Promise<Pipeline> {
  try {
    if ((await pipelineOfJob(client, id)) !== pipeline.id) return pipeline
    const job = decodeJob(
      await client.get(`/${client.dialect.name === 'v3' ? 'builds' : 'jobs'}/${id}`),
      client.target,
    )
    return job ? { ...pipeline, jobs: [...pipeline.jobs, job] } : pipeline
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return pipeline
    throw error
  }
}

/** The pipeline, together with jobs that are named by their ids and that a retry has replaced. Throws a ReadError. */
export async function withReplacedJobs(
  client: Client,
  pipeline: Pipeline,
  words: readonly string[],
): Promise<Pipeline> {
  let whole = pipeline
  for (const word of words.filter((each) => /^\d{1,15}$/.test(each))) {
    const isThere = loggedJobsIn(whole).some((job) => isNamed(job, word))
    if (!isThere) whole = await readReplaced(client, whole, Number(word))
  }
  return whole
}

/** The error for words that name no job of a pipeline. */
export function noSuchJob(pipeline: Pipeline, word: string): TriggerError {
  const names = [...new Set(loggedJobsIn(pipeline).map(({ name }) => name))]
  const near = nearest(word, names)
  const all = names.slice(0, 20).join(', ')
  return usageError(
    `--job: pipeline ${pipeline.id} has no job "${word}"`,
    near === undefined ? (all === '' ? 'It has no jobs yet.' : `Its jobs: ${all}.`) : `Did you mean ${near}?`,
  )
}

/** The error for a log that could not be read, or not to its end. */
export function unreadLog(
  { client, wanted: { access } }: OpenPipeline,
  job: LoggedJob,
  error: unknown,
): TriggerError {
  const what = `the log of job ${job.jobId} (${job.name})`
  if (error instanceof ApiError) {
    return explainRefusal(error, {
      failed: `${what} cannot be read`,
      base: access.server.value.base,
      project: job.project,
      token: tokenOf(client.credential, access),
      needs: reading.needs,
    })
  }
  const why = error instanceof LostContact ? error.message : 'no answer'
  return new TriggerError({
    exit: 'notReached',
    message: `${what} was not read to its end: ${why}`,
    hint: 'It is safe to run the same command again.',
    cause: error,
  })
}
