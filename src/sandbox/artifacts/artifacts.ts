import type { Call } from '../http/call.ts'
import { jobLife } from '../life/life.ts'
import type { JobOf } from '../read/find.ts'
import { zip } from './zip.ts'

/** A file of an archive: its path and its text. */
export type ArtifactFile = readonly [path: string, text: string]

/** GitLab's usual life of artifacts. */
const lifeMs = 30 * 86_400_000

const contents: Record<'package' | 'evil', (job: JobOf['job']) => ArtifactFile[]> = {
  package: (job) => [
    ['dist/package.txt', `made by ${job.name}\n`],
    ['dist/größe.txt', 'ü\n'],
    ['report.xml', '<testsuite name="run_tests" tests="2"/>\n'],
  ],
  evil: () => [
    ['good.txt', 'stays inside\n'],
    ['../escape', 'this must not be written\n'],
    ['/absolute', 'nor this\n'],
    ['folder/../../escape', 'nor this\n'],
  ],
}

/**
 * The files of the archive of a job that has ended; undefined while it has not, and where it has no archive.
 */
export function filesOf(call: Call, { job, pipeline }: JobOf): ArtifactFile[] | undefined {
  const kind = job.plan.artifacts
  if (kind === undefined || job.artifacts === 'deleted') return undefined
  const { finishedAt, status } = jobLife(pipeline, job, call)
  const made = finishedAt !== null && (status === 'success' || status === 'failed')
  return made ? contents[kind](job) : undefined
}

/** The archive of a job, if it has one. */
export function archiveOf(call: Call, found: JobOf): Buffer | undefined {
  const files = filesOf(call, found)
  return files === undefined ? undefined : zip(files)
}

/** Whether a job has an archive. */
export function hasArtifacts(call: Call, found: JobOf): boolean {
  return filesOf(call, found) !== undefined
}

/**
 * What a job tells of its artifacts; `file` is undefined without any; `expireAt` is null if they never do.
 */
export function artifactsOf(
  call: Call,
  found: JobOf,
): { file: unknown; list: unknown[]; expireAt: number | null } {
  const archive = archiveOf(call, found)
  if (archive === undefined) return { file: undefined, list: [], expireAt: null }
  const file = { filename: 'artifacts.zip', size: archive.length }
  const { finishedAt } = jobLife(found.pipeline, found.job, call)
  const expireAt = found.job.artifacts === 'kept' || finishedAt === null ? null : finishedAt + lifeMs
  return { file, list: [{ file_type: 'archive', ...file, file_format: 'zip' }], expireAt }
}
