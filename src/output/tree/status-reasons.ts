import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'

/** The reasons for a job's status: why it failed, what it waits for, whether it may fail. */
export function reasonsOf({ status, allowFailure, failureReason, waits }: Job): string[] {
  if (status === 'manual' && allowFailure) return ['optional']
  if (status !== 'failed') return waits === '' ? [] : [waits]
  return [...(failureReason === null ? [] : [failureReason]), ...(allowFailure ? ['allowed to fail'] : [])]
}

/** The reasons for a pipeline's status, and why its jobs or what is downstream of it are not shown. */
export function reasonsOfPipeline({ yamlErrors, hidden, bridgesHidden = '' }: Pipeline): string[] {
  return [
    ...(yamlErrors === null ? [] : [yamlErrors]),
    ...(hidden === '' ? [] : [`its jobs are not shown: ${hidden}`]),
    ...(bridgesHidden === '' || hidden !== '' ? [] : [`what is downstream is not shown: ${bridgesHidden}`]),
  ]
}

/** A pipeline's status, with "with warnings" if it applies. */
export function statusOf({ status, hasWarnings }: Pipeline): string {
  return status === 'success' && hasWarnings ? 'success with warnings' : status
}
