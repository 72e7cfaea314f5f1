import { nearest } from '../core/did-you-mean.ts'
import { usageError } from '../core/errors.ts'
import { jobsWithPipelines } from '../follow/changes.ts'
import { isStartable } from '../gitlab/pipelines/play.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'

/** A job, and the pipeline that it belongs to. */
export interface JobOfPipeline {
  job: Job
  pipeline: Pipeline
}

const most = 20

const labelOf = ({ id, name }: Job): string => (name === null ? `job ${id}` : `${name} (${id})`)

/** The jobs of a tree that a user may start now, in words. */
function startableIn(root: Pipeline): string {
  const labels = jobsWithPipelines(root)
    .filter(({ job }) => isStartable(job))
    .map(({ job, pipeline }) =>
      pipeline.id === root.id ? labelOf(job) : `${labelOf(job)} in pipeline ${pipeline.id}`,
    )
  if (labels.length === 0) return `No job of pipeline ${root.id} can be started by hand.`
  const more = labels.length > most ? ` and ${labels.length - most} more` : ''
  return `Jobs that can be started by hand: ${labels.slice(0, most).join(', ')}${more}.`
}

/** The hint for a word that is no job of the pipeline itself. */
function hintFor(root: Pipeline, word: string): string {
  const below = jobsWithPipelines(root).filter(({ job }) => job.name === word)
  if (below.length > 0) {
    const where = below.map(({ job, pipeline }) => `${job.id} in pipeline ${pipeline.id}`).slice(0, most)
    return `Jobs downstream are named by their id: ${where.join(', ')}.`
  }
  const near = nearest(
    word,
    root.jobs.flatMap(({ name }) => name ?? []),
  )
  return near === undefined ? startableIn(root) : `Did you mean ${near}? ${startableIn(root)}`
}

/**
 * The job that a word names: by its id, downstream too, or by its name in the pipeline itself. Throws a usage error
 * where it names none, more than one, or one that cannot be started now; the error names those that can be started.
 */
export function findManualJob(root: Pipeline, word: string): JobOfPipeline {
  const isId = /^\d{1,15}$/.test(word)
  const named = jobsWithPipelines(root).filter(
    ({ job, pipeline }) =>
      (isId && job.id === Number(word)) || (job.name === word && pipeline.id === root.id),
  )
  const [only, ...others] = named
  if (!only) throw usageError(`pipeline ${root.id} has no job "${word.slice(0, 255)}"`, hintFor(root, word))
  if (others.length > 0) {
    const ids = named.map(({ job }) => String(job.id)).join(', ')
    throw usageError(
      `pipeline ${root.id} has ${named.length} jobs "${word}"`,
      `Name one by its id (${ids}), or by the URL of its page.`,
    )
  }
  if (!isStartable(only.job)) {
    throw usageError(
      `${labelOf(only.job)} cannot be started by hand: it is ${only.job.status ?? 'in no known status'}`,
      startableIn(root),
    )
  }
  return only
}
