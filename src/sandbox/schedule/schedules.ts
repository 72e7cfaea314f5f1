import type { Reader } from '../auth/abilities.ts'
import { can, isUser } from '../auth/abilities.ts'
import type { Call } from '../http/call.ts'
import { pipelineLife } from '../life/life.ts'
import { variableShape } from '../read/pipelines.ts'
import { pipelineRow, userShape } from '../shapes/pipeline.ts'
import { iso } from '../shapes/times.ts'
import { isProtected } from '../trigger/refs.ts'
import type { Schedule } from '../world/model.ts'
import { nextRun } from './next-run.ts'

const day = 86_400_000

/**
 * What a user may do with a schedule: its owner everything, a maintainer everything except changing it (S
 * `pipeline_schedule_policy.rb`).
 */
export function rightsOn(
  who: Reader,
  { project, owner, ref }: Schedule,
): Record<'update' | 'admin' | 'play' | 'readVariables', boolean> {
  const isOwn = isUser(who, owner) && can(who, 'update_build', project)
  const admin = isOwn || can(who, 'admin_pipeline', project)
  const play = can(who, 'create_pipeline', project) && !isProtected(project, shortRef(ref))
  return { update: isOwn, admin, play, readVariables: admin }
}

/** The short form of a ref. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '')
}

/**
 * The fields that every answer has. Nothing here runs by itself: when it is due is what its cron says, or the next midnight where that
 * has more than five plain fields.
 */
function commonShape(call: Call, schedule: Schedule): Record<string, unknown> {
  const { id, description, ref, cron, zone, owner, active, createdAt, updatedAt } = schedule
  return {
    id,
    description,
    ref,
    cron,
    cron_timezone: zone,
    next_run_at: iso(nextRun(cron, zone, call.now) ?? (Math.floor(call.now / day) + 1) * day),
    active,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    owner: userShape(call, owner),
  }
}

/** A schedule in a list: its inputs are for those who may read its variables. */
export function scheduleRow(call: Call, who: Reader, schedule: Schedule): Record<string, unknown> {
  const inputs = rightsOn(who, schedule).readVariables ? { inputs: schedule.inputs } : {}
  return { ...commonShape(call, schedule), ...inputs }
}

/** What creation and changes answer: neither variables nor inputs, for any user (docs/gitlab.md#7). */
export function savedShape(call: Call, schedule: Schedule): Record<string, unknown> {
  const last = schedule.pipelines.at(-1)
  const shown = last === undefined ? null : pipelineRow(call, last, pipelineLife(last, call))
  return { ...commonShape(call, schedule), last_pipeline: shown }
}

/** A schedule by itself; variables and inputs are for those who may read them. */
export function scheduleShape(call: Call, who: Reader, schedule: Schedule): Record<string, unknown> {
  const saved = savedShape(call, schedule)
  if (!rightsOn(who, schedule).readVariables) return saved
  const variables = [...schedule.variables].map(([key, { value, type }]) => variableShape(key, value, type))
  return { ...saved, inputs: schedule.inputs, variables }
}
