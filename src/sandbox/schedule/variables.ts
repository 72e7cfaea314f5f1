import { maySetVariables } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import { forbidden } from '../auth/reading.ts'
import { error, Halt, json, message } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import { textParam } from '../http/call.ts'
import { variableShape } from '../read/pipelines.ts'
import { keyProblems } from '../trigger/variables.ts'
import type { Schedule } from '../world/model.ts'
import { scheduleOf } from './routes.ts'
import { rightsOn } from './schedules.ts'

/** The schedule of a path, for a user who may set its variables: first in general, then on this one. */
function writable(reading: Reading, right: 'update' | 'admin'): Schedule {
  if (!maySetVariables(reading.who, reading.project)) throw forbidden()
  const schedule = scheduleOf(reading)
  if (!rightsOn(reading.who, schedule)[right]) throw forbidden()
  return schedule
}

function shapeOf(schedule: Schedule, key: string): unknown {
  const variable = schedule.variables.get(key)
  if (variable === undefined) throw new Halt(message(404, '404 Pipeline Schedule Variable Not Found'))
  return variableShape(key, variable.value, variable.type)
}

const keyIn = ({ call }: Reading): string => call.path['key'] ?? ''

/** `GET /pipeline_schedules/:pipeline_schedule_id/variables/:key`. */
export function show(reading: Reading): Answer {
  const schedule = scheduleOf(reading)
  if (!rightsOn(reading.who, schedule).readVariables) throw forbidden()
  return json(200, shapeOf(schedule, keyIn(reading)))
}

/** A text that must be there, in the versions that do not declare their parameters here. */
function needed({ call }: Reading, name: string): string {
  const text = textParam(call, name)
  if (text === undefined) throw new Halt(error(400, `${name} is missing`))
  return text
}

/** `POST /pipeline_schedules/:pipeline_schedule_id/variables`: 201. */
export function create(reading: Reading): Answer {
  const schedule = writable(reading, 'update')
  const [key = '', value = ''] = ['key', 'value'].map((name) => needed(reading, name))
  const taken = schedule.variables.has(key) ? ['has already been taken'] : []
  const problems = [...keyProblems([key]), ...taken]
  if (problems.length > 0) throw new Halt(message(400, { key: problems }))
  schedule.variables.set(key, { value, type: textParam(reading.call, 'variable_type') ?? 'env_var' })
  return json(201, shapeOf(schedule, key))
}

/** `PUT /pipeline_schedules/:pipeline_schedule_id/variables/:key`: 200. */
export function update(reading: Reading): Answer {
  const schedule = writable(reading, 'update')
  const key = keyIn(reading)
  shapeOf(schedule, key)
  const before = schedule.variables.get(key)
  const value = textParam(reading.call, 'value') ?? before?.value ?? ''
  const type = textParam(reading.call, 'variable_type') ?? before?.type ?? 'env_var'
  schedule.variables.set(key, { value, type })
  return json(200, shapeOf(schedule, key))
}

/** `DELETE /pipeline_schedules/:pipeline_schedule_id/variables/:key`: 202 with what was deleted. */
export function remove(reading: Reading): Answer {
  const schedule = writable(reading, 'admin')
  const shape = shapeOf(schedule, keyIn(reading))
  schedule.variables.delete(keyIn(reading))
  return json(202, shape)
}
