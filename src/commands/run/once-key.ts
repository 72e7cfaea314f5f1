import { resumeKey, resumeMarker } from '../../config/variables/resume.ts'
import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../core/context.ts'
import { markerKey } from '../../core/marker.ts'
import type { RunFlags } from '../../options/run.ts'

/** The key that --resume stands for: one for each trigger of each job. */
function keyOfJob(env: Context['env'], { project, ref, variables, inputs }: Settings): string {
  const given = variables.filter(({ key }) => key !== markerKey)
  const key = resumeKey(env)
  const marker = resumeMarker(key, { project: project.value, ref: ref.value, variables: given, inputs })
  return `${key} ${marker.slice(0, 8)}`
}

/**
 * The idempotency key of one target, by --once or --resume; of several targets each has its own. `index`
 * counts from 0. Undefined where neither was typed.
 */
export function idempotencyKey(
  { once, resume }: RunFlags,
  { env }: Context,
  settings: Settings,
  targets: number,
  index: number,
): string | undefined {
  const key = once ?? (resume ? keyOfJob(env, settings) : undefined)
  return key === undefined || targets === 1 ? key : `${key} (target ${index + 1})`
}
