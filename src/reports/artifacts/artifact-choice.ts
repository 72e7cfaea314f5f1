import { isFinished } from '../../core/status.ts'
import { knownJobs } from '../../gitlab/pipelines/known-jobs.ts'
import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { folderName } from './entry-name.ts'
import { pathText, placedPipelines, type UnreadPart } from '../placed-pipelines.ts'
import { lasting, type Problem } from '../problems.ts'

/** A job, and the place of its artifacts. */
export interface ArtifactPath {
  job: Job
  project: string
  /** The names of the trigger jobs that led to it, and its own. */
  names: readonly string[]
  /** Folders below the one of all artifacts: those of the trigger jobs that led to the job, and its own. */
  parts: readonly string[]
  /** It may make artifacts yet: neither it nor its pipeline has ended. */
  isUnfinished: boolean
}

/** The jobs whose artifacts are fetched, and why those of others are not. */
export interface ArtifactChoice {
  wanted: ArtifactPath[]
  problems: Problem[]
  /** What is worth knowing and no failure. */
  warnings: string[]
  /** The jobs that may make artifacts yet, in words. */
  unfinished: string[]
}

/**
 * The jobs of a tree with their places. Names of jobs are unique in a pipeline; where the names of their
 * folders are not, the job's id is added.
 */
function pathsIn(
  { jobs, project, status }: Pipeline,
  above: Pick<ArtifactPath, 'names' | 'parts'>,
): ArtifactPath[] {
  const taken = new Set<string>()
  return jobs.flatMap((job): ArtifactPath[] => {
    const name = job.name ?? String(job.id)
    const folder = folderName(name)
    const isTaken = taken.has(folder.toLowerCase())
    taken.add(folder.toLowerCase())
    const names = [...above.names, name]
    const parts = [...above.parts, isTaken ? `${folder}-${job.id}` : folder]
    const below = job.downstream?.pipeline
    if (below) return pathsIn(below, { names, parts })
    const isUnfinished = !isFinished(status) && !isFinished(job.status)
    return [{ job, project, names, parts, isUnfinished }]
  })
}

/** Whether a word is a job's name (with or without those of the trigger jobs that led to it) or its id. */
function isNamed({ job, names }: ArtifactPath, word: string): boolean {
  return job.name === word || pathText(names) === word || String(job.id) === word
}

/** A moment as `2026-11-22 12:00 UTC`. */
const momentText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** When the artifacts of a job expired; undefined where they have not, or there never were any. */
export function expiredOn({ artifactsExpireAt = null }: Job, now: number): string | undefined {
  return artifactsExpireAt !== null && artifactsExpireAt <= now ? momentText(artifactsExpireAt) : undefined
}

const erasedSentence = ({ job: { erasedAt }, parts }: ArtifactPath): string =>
  erasedAt === null ? '' : `job ${parts.join('/')} was erased on ${momentText(erasedAt)}`

/** Why the artifacts of a job with a name are not there. */
function whyNone(word: string, named: readonly ArtifactPath[], all: readonly ArtifactPath[]): Problem {
  if (named.length === 0) {
    const known = knownJobs(
      word,
      all.map(({ names }) => pathText(names)),
    )
    return {
      ...lasting(`there is no job ${word}${known && ` (${known})`}`),
      unmatched: { flag: '--job', word },
    }
  }
  const erased = named.map(erasedSentence).find((sentence) => sentence !== '')
  return lasting(`job ${word} has no artifacts${erased === undefined ? '' : `: ${erased}`}`)
}

/** Says in words which artifacts are missing with a part of the tree. */
function unreadText({ what, id, names, why }: UnreadPart): string {
  if (what === 'pipeline')
    return `artifacts of pipeline ${id} below ${pathText(names)} are not fetched: ${why}`
  const subject = names.length === 0 ? 'its jobs' : `the jobs of pipeline ${id} below ${pathText(names)}`
  return what === 'jobs'
    ? `${subject} may not be read: ${why}`
    : `what pipeline ${id} has started is not known: ${why}`
}

/** At most this many jobs that have not ended are named. */
const mostNamed = 20

/** Says which jobs have not ended, without a full stop. */
export function notOver(unfinished: readonly string[]): string {
  const more = unfinished.length - mostNamed
  const named = unfinished.slice(0, mostNamed).join(', ')
  return `these jobs have not finished, and may still produce artifacts: ${named}${more > 0 ? ` and ${more} more` : ''}`
}

/** Chooses from a tree the artifacts of the jobs that are named; of all jobs where none is. `now` in ms since 1970. */
export function chooseArtifacts(root: Pipeline, words: readonly string[], now: number): ArtifactChoice {
  const all = pathsIn(root, { names: [], parts: [] })
  const isWanted = (path: ArtifactPath): boolean =>
    words.length === 0 || words.some((word) => isNamed(path, word))
  const candidates = all.filter(isWanted)
  const wanted = candidates.filter(({ job }) => job.hasArtifacts)
  const missing = candidates.filter(({ job }) => !job.hasArtifacts)
  const expired = missing.filter(({ job }) => expiredOn(job, now) !== undefined)
  const problems = expired.map(({ job, parts }) =>
    lasting(`the artifacts of job ${parts.join('/')} expired on ${expiredOn(job, now) ?? ''}`),
  )
  const had = [...wanted, ...expired]
  for (const word of words) {
    const named = all.filter((path) => isNamed(path, word))
    if (!named.some((path) => had.includes(path) || path.isUnfinished))
      problems.push(whyNone(word, named, all))
  }
  const isComplete =
    words.length > 0 && problems.length === 0 && !candidates.some(({ isUnfinished }) => isUnfinished)
  const unread = placedPipelines(root).unread.map(unreadText)
  return {
    wanted,
    // What was named is there: more jobs of these names are possible, and nothing that was asked for is known to be missing.
    problems: isComplete ? [] : [...problems, ...unread.map((text) => ({ text, isLasting: false }))],
    warnings: [
      ...(isComplete ? unread : []),
      ...(words.length > 0 ? [] : missing.flatMap((path) => erasedSentence(path) || [])),
    ],
    unfinished: candidates
      .filter(({ isUnfinished }) => isUnfinished)
      .map(({ job, parts }) => `${parts.join('/')} (${job.status ?? 'unknown'})`),
  }
}
