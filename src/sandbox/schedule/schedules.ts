import type { Call } from '../http/call.ts'
import { iso } from '../shapes/times.ts'
import { userShape } from '../shapes/pipeline.ts'
import type { Schedule } from '../world/model.ts'

const day = 86_400_000

/** A schedule in a list. When it is due is the next midnight, whatever its cron expression says: nothing here runs by itself. */
export function scheduleRow(call: Call, schedule: Schedule): Record<string, unknown> {
  const { id, description, ref, cron, zone, owner, active, createdAt, updatedAt } = schedule
  return {
    id,
    description,
    ref,
    cron,
    cron_timezone: zone,
    next_run_at: iso((Math.floor(call.now / day) + 1) * day),
    active,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    owner: userShape(call, owner),
  }
}

/** A schedule alone: with its last pipeline, variables and inputs. */
export function scheduleShape(call: Call, schedule: Schedule): Record<string, unknown> {
  const last = schedule.pipelines.at(-1)
  return {
    ...scheduleRow(call, schedule),
    last_pipeline: last ? { id: last.id, sha: last.sha, ref: last.ref, status: 'pending' } : null,
    variables: [...schedule.variables].map(([key, { value, type }]) => ({ key, value, variable_type: type })),
    inputs: schedule.inputs,
  }
}
