import { requireRights } from '../act/routes.ts'
import { answer, error, Halt, json, message } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import { textParam } from '../http/call.ts'
import { pipelineLife } from '../life/life.ts'
import { coerced } from '../params/tree.ts'
import { idOf } from '../read/find.ts'
import { paged } from '../read/paging.ts'
import { resolveRef } from '../trigger/refs.ts'
import { pipelineRow } from '../shapes/pipeline.ts'
import { makePipeline } from '../world/world.ts'
import { scheduleRow, scheduleShape } from './schedules.ts'
import { type Schedule } from '../world/model.ts'

/** GitLab plays a schedule once a minute for each user. */
const playLimitMs = 60_000

function ofProject({ call, project }: Reading): Schedule[] {
  return call.world.schedules.filter((schedule) => schedule.project === project)
}

function scheduleOf(reading: Reading): Schedule {
  const id = idOf(reading.call, 'pipeline_schedule_id')
  const found = ofProject(reading).find((schedule) => schedule.id === id)
  if (found === undefined) throw new Halt(message(404, '404 Pipeline Schedule Not Found'))
  return found
}

function nameOf({ who }: Reading): string {
  return who.kind === 'user' ? who.username : ''
}

/** A text that must be there. */
function needed({ call }: Reading, name: string): string {
  const text = textParam(call, name)
  if (text === undefined) throw new Halt(error(400, `${name} is missing`))
  return text
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** What the model says to a time. */
function checkTime(cron: string, zone: string): void {
  const problems = {
    ...(/^(\S+\s+){4}\S+$/.test(cron) ? {} : { cron: ['syntax is invalid'] }),
    ...(isZone(zone) ? {} : { cron_timezone: ['syntax is invalid'] }),
  }
  if (Object.keys(problems).length > 0) throw new Halt(message(400, problems))
}

function inputsOf({ call }: Reading): Schedule['inputs'] {
  const sent = call.params.get('inputs')
  if (!Array.isArray(sent)) return []
  return sent.flatMap((each) => {
    if (!(each instanceof Map)) return []
    return [{ name: coerced(each.get('name')) ?? '', value: coerced(each.get('value')) }]
  })
}

/** `GET /pipeline_schedules`, with `scope` active or inactive. */
export function list(reading: Reading): Answer {
  const { call } = reading
  const scope = textParam(call, 'scope')
  const rows = ofProject(reading).filter(
    ({ active }) => scope === undefined || active === (scope === 'active'),
  )
  return paged(call, rows, (schedule) => scheduleRow(call, schedule))
}

/** `GET /pipeline_schedules/:pipeline_schedule_id`. */
export function show(reading: Reading): Answer {
  return json(200, scheduleShape(reading.call, scheduleOf(reading)))
}

/** `GET /pipeline_schedules/:pipeline_schedule_id/pipelines`, oldest first. */
export function pipelines(reading: Reading): Answer {
  const { call } = reading
  return paged(call, scheduleOf(reading).pipelines, (pipeline) =>
    pipelineRow(call, pipeline, pipelineLife(pipeline, call)),
  )
}

/** `POST /pipeline_schedules`: 201. */
export function create(reading: Reading): Answer {
  const { call, project } = reading
  requireRights(reading)
  const [description, ref, cron] = ['description', 'ref', 'cron'].map((name) => needed(reading, name))
  const zone = textParam(call, 'cron_timezone') ?? 'UTC'
  checkTime(cron ?? '', zone)
  const { world, now } = call
  world.last.schedule += 1
  const schedule: Schedule = {
    id: world.last.schedule,
    project,
    description: description ?? '',
    ref: ref ?? '',
    cron: cron ?? '',
    zone,
    owner: nameOf(reading),
    active: textParam(call, 'active') !== 'false',
    variables: new Map(),
    inputs: inputsOf(reading),
    createdAt: now,
    updatedAt: now,
    pipelines: [],
    playedAt: new Map(),
  }
  world.schedules.push(schedule)
  return json(201, scheduleShape(call, schedule))
}

/** `PUT /pipeline_schedules/:pipeline_schedule_id`: 200. */
export function update(reading: Reading): Answer {
  const { call } = reading
  const schedule = scheduleOf(reading)
  requireRights(reading)
  const cron = textParam(call, 'cron') ?? schedule.cron
  const zone = textParam(call, 'cron_timezone') ?? schedule.zone
  checkTime(cron, zone)
  const active = textParam(call, 'active')
  Object.assign(schedule, {
    cron,
    zone,
    description: textParam(call, 'description') ?? schedule.description,
    ref: textParam(call, 'ref') ?? schedule.ref,
    active: active === undefined ? schedule.active : active !== 'false',
    updatedAt: call.now,
  })
  return json(200, scheduleShape(call, schedule))
}

/** `DELETE /pipeline_schedules/:pipeline_schedule_id`: 204. */
export function remove(reading: Reading): Answer {
  const schedule = scheduleOf(reading)
  requireRights(reading)
  const { schedules } = reading.call.world
  schedules.splice(schedules.indexOf(schedule), 1)
  return answer(204, '', '')
}

/** `POST /pipeline_schedules/:pipeline_schedule_id/variables`: 201. */
export function addVariable(reading: Reading): Answer {
  const schedule = scheduleOf(reading)
  requireRights(reading)
  const [key = '', value = ''] = ['key', 'value'].map((name) => needed(reading, name))
  if (schedule.variables.has(key)) throw new Halt(message(400, { key: ['has already been taken'] }))
  const type = textParam(reading.call, 'variable_type') ?? 'env_var'
  schedule.variables.set(key, { value, type })
  return json(201, { key, value, variable_type: type, raw: false })
}

/** `POST /pipeline_schedules/:pipeline_schedule_id/play`: 201 without the number of the pipeline (facts 9, trap 21). */
export function play(reading: Reading): Answer {
  const { call } = reading
  const schedule = scheduleOf(reading)
  requireRights(reading)
  const playedAt = schedule.playedAt.get(nameOf(reading)) ?? -Infinity
  if (call.now - playedAt < playLimitMs) {
    const text = 'This endpoint has been requested too many times. Try again later.'
    throw new Halt(message(429, { error: text }))
  }
  schedule.playedAt.set(nameOf(reading), call.now)
  const ref = resolveRef(schedule.project, schedule.ref, call.gitlab)
  // A worker makes the pipeline, or finds that it cannot and tells nobody.
  if (typeof ref !== 'string') {
    const pipeline = makePipeline(call.world, {
      project: schedule.project,
      ref: ref.name,
      sha: ref.sha,
      tag: ref.tag,
      source: 'schedule',
      username: schedule.owner,
      createdAt: call.now,
      variables: new Map([...schedule.variables].map(([key, { value }]) => [key, value])),
    })
    schedule.pipelines.push(pipeline)
  }
  return json(201, { message: '201 Created' })
}
