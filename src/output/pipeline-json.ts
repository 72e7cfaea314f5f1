import type { Context } from '../context.ts'
import type { TriggerError } from '../errors.ts'
import type { Pipeline } from '../gitlab/pipeline.ts'
import { cleanLine } from './clean.ts'
import { jsonLine } from './json.ts'

/** What became of a pipeline, for scripts: `4711 success`. */
export function pipelineLine({ id, status }: Pipeline): string {
  return `${id} ${cleanLine(status)}\n`
}

/** The same as one line of JSON. */
export function pipelineResult(
  { id, status }: Pipeline,
  failure: TriggerError | undefined,
  secrets: Context['secrets'],
): string {
  const error = failure ? { message: failure.message, hint: failure.hint } : null
  return jsonLine({ id, status, exit_code: failure?.exitCode ?? 0, error }, secrets)
}
