import { can } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import { forbidden } from '../auth/reading.ts'
import { answer, error, Halt, json, message } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import { textParam } from '../http/call.ts'
import { pipelineLife } from '../life/life.ts'
import { checkUnmodified } from '../read/conditions.ts'
import { idOf } from '../read/find.ts'
import { paged } from '../read/paging.ts'
import { pipelineRow } from '../shapes/pipeline.ts'
import { resolveRef } from '../trigger/refs.ts'
import { has } from '../version/differences.ts'
import type { Schedule } from '../world/model.ts'
import { makePipeline } from '../world/world.ts'
import { changedBy } from './save.ts'
import { rightsOn, savedShape, scheduleRow, scheduleShape } from './schedules.ts'

function ofProject({ call, project }: Reading): Schedule[] {
  return call.world.schedules.filter((schedule) => schedule.project === project)
}

/** The schedule of a path. Halts with 404. */
export function scheduleOf(reading: Reading): Schedule {
  const id = idOf(reading.call, 'pipeline_schedule_id')
  const found = ofProject(reading).find((schedule) => schedule.id === id)
  const isHidden = !can(reading.who, 'read_pipeline_schedule', reading.project)
  if (found === undefined || isHidden) throw new Halt(message(404, '404 Pipeline Schedule Not Found'))
  return found
}

function nameOf({ who }: Reading): string {
  return who.kind === 'nobody' ? '' : who.username
}

/** `GET /pipeline_schedules`, with `scope` active or inactive. */
export function list(reading: Reading): Answer {
  const { call, who } = reading
  const scope = textParam(call, 'scope')
  const rows = ofProject(reading).filter(
    ({ active }) => scope === undefined || scope === '' || active === (scope === 'active'),
  )
  return paged(call, rows, (schedule) => scheduleRow(call, who, schedule))
}

/** `GET /pipeline_schedules/:pipeline_schedule_id`. */
export function show(reading: Reading): Answer {
  return json(200, scheduleShape(reading.call, reading.who, scheduleOf(reading)))
}

/** `GET /pipeline_schedules/:pipeline_schedule_id/pipelines`, oldest first by default. */
export function pipelines(reading: Reading): Answer {
  const { call } = reading
  const made = scheduleOf(reading).pipelines
  const rows = textParam(call, 'sort') === 'desc' ? made.toReversed() : made
  return paged(call, rows, (pipeline) => pipelineRow(call, pipeline, pipelineLife(pipeline, call)))
}

/** What the versions that do not declare their parameters here refuse: the first that is missing. */
function checkOld({ call }: Reading): void {
  if (has(call.gitlab, 'declaredParameters')) return
  const missing = ['description', 'ref', 'cron'].find((name) => textParam(call, name) === undefined)
  if (missing !== undefined) throw new Halt(error(400, `${missing} is missing`))
}

/** `POST /pipeline_schedules`: 201. */
export function create(reading: Reading): Answer {
  const { call, project } = reading
  checkOld(reading)
  const { world, now } = call
  const empty: Schedule = {
    id: world.last.schedule + 1,
    project,
    description: '',
    ref: '',
    cron: '',
    zone: 'UTC',
    owner: nameOf(reading),
    active: true,
    variables: new Map(),
    inputs: [],
    createdAt: now,
    updatedAt: now,
    pipelines: [],
  }
  const schedule = changedBy(call, empty, 'create')
  world.last.schedule += 1
  world.schedules.push(schedule)
  return json(201, savedShape(call, schedule))
}

/** `PUT /pipeline_schedules/:pipeline_schedule_id`: 200, for its owner alone. */
export function update(reading: Reading): Answer {
  const schedule = scheduleOf(reading)
  if (!rightsOn(reading.who, schedule).update) throw forbidden()
  Object.assign(schedule, changedBy(reading.call, schedule, 'update'))
  return json(200, savedShape(reading.call, schedule))
}

/** `POST /pipeline_schedules/:pipeline_schedule_id/take_ownership`: 201, or 200 for who has it already. */
export function takeOwnership(reading: Reading): Answer {
  const schedule = scheduleOf(reading)
  if (!rightsOn(reading.who, schedule).admin) throw forbidden()
  const isOwn = schedule.owner === nameOf(reading)
  schedule.owner = nameOf(reading)
  return json(isOwn ? 200 : 201, savedShape(reading.call, schedule))
}

/** `DELETE /pipeline_schedules/:pipeline_schedule_id`: 204. */
export function remove(reading: Reading): Answer {
  const schedule = scheduleOf(reading)
  if (!rightsOn(reading.who, schedule).admin) throw forbidden()
  checkUnmodified(reading.call, schedule.updatedAt)
  const { schedules } = reading.call.world
  schedules.splice(schedules.indexOf(schedule), 1)
  return answer(204, '', '')
}

/**
 * Makes the pipeline of a schedule, as its owner; GitLab's worker reports no error where that is not possible.
 */
function run({ call }: Reading, schedule: Schedule): void {
  const { project, owner } = schedule
  const ref = resolveRef(project, schedule.ref, call.gitlab)
  if (typeof ref === 'string' || !can({ kind: 'user', username: owner }, 'create_pipeline', project)) return
  const pipeline = makePipeline(call.world, {
    project,
    ref: ref.name,
    sha: ref.sha,
    tag: ref.tag,
    source: 'schedule',
    username: owner,
    createdAt: call.now,
    variables: new Map([...schedule.variables].map(([key, { value }]) => [key, value])),
    files: new Set([...schedule.variables].flatMap(([key, { type }]) => (type === 'file' ? [key] : []))),
    inputs: new Map(schedule.inputs.map(({ name, value }) => [name, value])),
  })
  schedule.pipelines.push(pipeline)
}

/**
 * `POST /pipeline_schedules/:pipeline_schedule_id/play`: 201 without the number of the pipeline (docs/gitlab.md#9,
 * trap 21), as often as one likes: the limit of one a minute is that of the web page.
 */
export function play(reading: Reading): Answer {
  const schedule = scheduleOf(reading)
  if (!rightsOn(reading.who, schedule).play) throw forbidden()
  run(reading, schedule)
  return json(201, { message: '201 Created' })
}
