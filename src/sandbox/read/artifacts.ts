import { answer, Halt, notFound } from '../answer.ts'
import type { Answer } from '../answer.ts'
import type { Reading } from '../auth.ts'
import type { Call } from '../call.ts'
import { jobLife } from '../life/life.ts'
import { zip } from '../zip.ts'
import { buildOf } from './builds.ts'
import type { JobOf } from './find.ts'
import { jobOf } from './find.ts'

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

function archiveOf(call: Call, { job, pipeline }: JobOf): Buffer | undefined {
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

function download(call: Call, found: JobOf): Answer {
  const archive = archiveOf(call, found)
  if (archive === undefined) throw new Halt(notFound())
  const sent = answer(200, 'application/zip', archive)
  sent.headers['content-disposition'] = 'attachment; filename="artifacts.zip"'
  return sent
}

/** `GET /jobs/:job_id/artifacts`: a zip, or 404 if the job has none, or none yet. */
export const ofJob = (reading: Reading): Answer => download(reading.call, jobOf(reading))

/** `GET /builds/:build_id/artifacts` of v3. */
export const ofBuild = (reading: Reading): Answer => download(reading.call, buildOf(reading))
