import { TriggerError, usageError } from '../../core/errors.ts'
import { safeToRepeat } from '../../core/hints.ts'
import type { HiddenJobs } from '../../follow/logs/hidden-jobs.ts'
import { LogGone } from '../../follow/logs/job-log.ts'
import { isNamed, loggedJobsIn, type LoggedJob } from '../../follow/logs/logged-jobs.ts'
import type { RequestTurn } from '../../http/request-rate.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { ApiError } from '../../gitlab/api/reader.ts'
import { explainRefusal } from '../../gitlab/errors/explain-refusal.ts'
import { pipelineOfJob } from '../../gitlab/pipelines/pipeline-source.ts'
import { decodeJob, type Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { LostContact } from '../../http/retry/grace.ts'
import { tokenOf } from '../../session/server-client.ts'
import { reading, type OpenPipeline } from '../open-pipeline.ts'
import { knownJobs } from '../../gitlab/pipelines/known-jobs.ts'

/**
 * The names and ids of the jobs whose logs to print: the job whose URL was given, and those in
 * `typed`.
 */
export function namedJobs({ reference }: OpenPipeline, typed: readonly string[]): string[] {
  return [...(reference.kind === 'job' ? [String(reference.id)] : []), ...typed]
}

async function withReplacedJob(client: Client, pipeline: Pipeline, id: number): Promise<Pipeline> {
  try {
    if ((await pipelineOfJob(client, id)) !== pipeline.id) return pipeline
    const job = decodeJob(await client.get(`/${client.dialect.jobs}/${id}`), client.target)
    return job ? { ...pipeline, jobs: [...pipeline.jobs, job] } : pipeline
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return pipeline
    throw error
  }
}

/**
 * Adds to a pipeline the jobs that are named by their ids and that a retry has replaced: GitLab does not list
 * these. Each is asked for in its `turn`. Throws an ApiError.
 */
export async function withReplacedJobs(
  client: Client,
  pipeline: Pipeline,
  words: readonly string[],
  turn: RequestTurn,
): Promise<Pipeline> {
  let whole = pipeline
  for (const word of words.filter((each) => /^\d{1,15}$/.test(each))) {
    const isListed = loggedJobsIn(whole).some((job) => isNamed(job, word))
    if (isListed) continue
    await turn()
    whole = await withReplacedJob(client, whole, Number(word))
  }
  return whole
}

/** The usage error for a word that names no job of a pipeline. */
export function noSuchJob(pipeline: Pipeline, word: string): TriggerError {
  const names = loggedJobsIn(pipeline).map(({ name }) => name)
  const known = knownJobs(word, names) || 'it has no jobs yet'
  return usageError(
    `--job: pipeline ${pipeline.id} has no job "${word}"`,
    `${known.replace(/^./, (letter) => letter.toUpperCase())}${known.endsWith('?') ? '' : '.'}`,
  )
}

/** The error for jobs that could not be read. */
export function unreadJobs(
  { client, reference: { access } }: OpenPipeline,
  { isDownstream, pipelineId, project, why, error }: HiddenJobs,
): TriggerError {
  const what = isDownstream ? 'the pipelines downstream' : 'the jobs'
  const failed = `${what} of pipeline ${pipelineId} of project ${project} cannot be read`
  if (!error) return new TriggerError({ exit: 'notReached', message: `${failed}: ${why}`, hint: '' })
  return explainRefusal(error, {
    failed,
    base: access.server.value.base,
    project,
    token: tokenOf(client.credential, access),
    needs: reading.needs,
  })
}

/** The error for a log that could not be read, or not to its end. */
export function unreadLog(
  { client, reference: { access } }: OpenPipeline,
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
      forbidden:
        'It needs the role of Developer where the job is in debug mode (CI_DEBUG_TRACE, CI_DEBUG_SERVICES); else a token with read_api',
    })
  }
  if (error instanceof LogGone)
    return new TriggerError({
      exit: 'refused',
      message: `${what} does not exist: ${error.message}`,
      hint: 'Its artifacts may be gone too; retry the job to create them again.',
    })
  const why = error instanceof LostContact ? error.message : 'no answer'
  return new TriggerError({
    exit: 'notReached',
    message: `${what} was not read completely: ${why}`,
    hint: safeToRepeat,
    cause: error,
  })
}
