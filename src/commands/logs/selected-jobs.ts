import { usageError } from '../../core/errors.ts'
import { hiddenJobsIn } from '../../follow/logs/hidden-jobs.ts'
import { isNamed, loggedJobsIn, type LoggedJob } from '../../follow/logs/logged-jobs.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { LogsFlags } from '../../options/pipelines.ts'
import { noSuchJob } from '../../pipelines/logs/log-selection.ts'
import type { OpenPipeline } from '../../pipelines/open-pipeline.ts'

/** A pipeline as it was read, and the jobs that were named. */
export interface LogTask {
  open: OpenPipeline
  pipeline: Pipeline
  /** Names and ids of jobs; all jobs where there are none. */
  words: readonly string[]
}

/** The jobs of a task whose logs are to be printed. */
export function selectedJobs({ pipeline, words }: LogTask, { failed }: LogsFlags): LoggedJob[] {
  const jobs = loggedJobsIn(pipeline)
  if (failed) return jobs.filter(({ status }) => status === 'failed')
  return words.length === 0 ? jobs : jobs.filter((job) => words.some((word) => isNamed(job, word)))
}

/** Throws a usage error for jobs that are not there, and for --raw where several logs would be printed. */
export function refuseUnknown(tasks: readonly LogTask[], flags: LogsFlags): void {
  for (const { pipeline, words } of flags.follow ? [] : tasks) {
    // What could not be read is said later.
    if (hiddenJobsIn(pipeline).length > 0) continue
    const jobs = loggedJobsIn(pipeline)
    const unknown = words.find((word) => !jobs.some((job) => isNamed(job, word)))
    if (unknown !== undefined) throw noSuchJob(pipeline, unknown)
  }
  if (!flags.raw) return
  const jobs = tasks
    .flatMap((task) => selectedJobs(task, flags))
    .filter(({ hasLog }) => hasLog || flags.follow)
  if (jobs.length > 1) {
    const names = jobs.slice(0, 20).map(({ name, jobId }) => `${name} (${jobId})`)
    throw usageError(
      `--raw prints one log, and ${jobs.length} jobs match`,
      `Choose one with --job: ${names.join(', ')}.`,
    )
  }
}
