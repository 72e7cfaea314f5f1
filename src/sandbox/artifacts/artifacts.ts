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

/** When the artifacts of a job expire; null if they never do. Undefined while it has made none. */
function expiryOf(call: Call, { job, pipeline }: JobOf): number | null | undefined {
  const { artifacts, archive, artifactsExpireInMs = lifeMs } = job.plan
  if ((artifacts ?? archive) === undefined || job.artifacts === 'deleted') return undefined
  const { finishedAt, status } = jobLife(pipeline, job, call)
  if (finishedAt === null || (status !== 'success' && status !== 'failed')) return undefined
  return job.artifacts === 'kept' ? null : finishedAt + artifactsExpireInMs
}

/** Whether a job has an archive: it has ended, and its artifacts have not expired. */
export function hasArtifacts(call: Call, found: JobOf): boolean {
  const expireAt = expiryOf(call, found)
  return expireAt === null || (expireAt !== undefined && expireAt > call.now)
}

/** The files of the archive of a job; undefined where it has none, and none of one that is given as bytes. */
export function filesOf(call: Call, found: JobOf): ArtifactFile[] | undefined {
  const kind = found.job.plan.artifacts
  if (!hasArtifacts(call, found)) return undefined
  return kind === undefined ? [] : contents[kind](found.job)
}

/** The archive of a job, if it has one. */
export function archiveOf(call: Call, found: JobOf): Buffer | undefined {
  const files = filesOf(call, found)
  return files === undefined ? undefined : (found.job.plan.archive ?? zip(files))
}

/**
 * What a job says about its artifacts; `file` is undefined without any; `expireAt` is null if they never do.
 */
export function artifactsOf(
  call: Call,
  found: JobOf,
): { file: unknown; list: unknown[]; expireAt: number | null } {
  const archive = archiveOf(call, found)
  const expireAt = expiryOf(call, found) ?? null
  if (archive === undefined) return { file: undefined, list: [], expireAt }
  const file = { filename: 'artifacts.zip', size: archive.length }
  return { file, list: [{ file_type: 'archive', ...file, file_format: 'zip' }], expireAt }
}
