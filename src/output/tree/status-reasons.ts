import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'

/** Why a job stands as it does, from its own fields: why it failed, what it waits for, and whether that counts. */
export function reasonsOf({ status, allowFailure, failureReason, waits }: Job): string[] {
  if (status === 'manual' && allowFailure) return ['optional']
  if (status !== 'failed') return waits === '' ? [] : [waits]
  return [...(failureReason === null ? [] : [failureReason]), ...(allowFailure ? ['allowed to fail'] : [])]
}

/** Why a pipeline stands as it does, and why its jobs do not show. */
export function reasonsOfPipeline({ yamlErrors, hidden }: Pipeline): string[] {
  return [
    ...(yamlErrors === null ? [] : [yamlErrors]),
    ...(hidden === '' ? [] : [`its jobs are not shown: ${hidden}`]),
  ]
}

/** A pipeline's status in words: GitLab's, and whether it passed with warnings. */
export function statusOf({ status, hasWarnings }: Pipeline): string {
  return status === 'success' && hasWarnings ? 'success with warnings' : status
}
