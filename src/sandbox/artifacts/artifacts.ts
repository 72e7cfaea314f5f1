import type { Call } from '../http/call.ts'
import { jobLife } from '../life/life.ts'
import { zip } from './zip.ts'
import type { JobOf } from '../read/find.ts'

const contents: Record<'package' | 'evil', (job: JobOf['job']) => [name: string, text: string][]> = {
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

/** The archive of a job that has ended; undefined while it has not, or where its plan names no artifacts. */
export function archiveOf(call: Call, { job, pipeline }: JobOf): Buffer | undefined {
  const kind = job.plan.artifacts
  const { finishedAt, status } = jobLife(pipeline, job, call)
  const made = finishedAt !== null && (status === 'success' || status === 'failed')
  return kind === undefined || !made ? undefined : zip(contents[kind](job))
}

/** What a job tells of its artifacts; `file` is undefined without any. */
export function artifactsOf(call: Call, found: JobOf): { file: unknown; list: unknown[] } {
  const archive = archiveOf(call, found)
  if (archive === undefined) return { file: undefined, list: [] }
  const file = { filename: 'artifacts.zip', size: archive.length }
  return { file, list: [{ file_type: 'archive', ...file, file_format: 'zip' }] }
}
