import { pipelineHead } from './pipeline-json.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'

/** The artifacts of a job that were unpacked, and what was left out of them. */
interface UnpackedJob {
  path: { job: { id: number }; names: readonly string[] }
  folder: string
  files: number
  bytes: number
  leftOut: readonly { name: string; why: string }[]
}

/** What `artifacts` prints with --json: of each job what was written where. Members are never removed. */
export function artifactsObject(
  { jobs, warnings }: { jobs: readonly UnpackedJob[]; warnings: readonly string[] },
  pipeline: Pipeline,
  to: string,
): Record<string, unknown> {
  const { id, project_id, status, web_url } = pipelineHead(pipeline)
  return {
    ...{ id, project_id, status, web_url, to },
    artifacts: jobs.map(({ path, folder, files, bytes, leftOut }) => ({
      job_id: path.job.id,
      job: path.names.join(' > '),
      path: folder,
      files,
      bytes,
      left_out: leftOut.map(({ name, why }) => ({ name, reason: why })),
    })),
    warnings,
  }
}
